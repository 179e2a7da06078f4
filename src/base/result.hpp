// Result<T>: a value, or the Error that stands in its way. Data errors travel in it; programmer errors are FCOL_ASSERT.
#pragma once

#include <optional>
#include <utility>

#include "base/assert.hpp"
#include "base/error.hpp"

namespace fcol {

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : failure_(Failure(std::move(error))) {}
  Result(Failure failure) : failure_(std::move(failure)) {}

  explicit operator bool() const { return value_.has_value(); }
  bool ok() const { return value_.has_value(); }
  T& value() { FCOL_ASSERT(ok()); return *value_; }
  const T& value() const { FCOL_ASSERT(ok()); return *value_; }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Error& error() { FCOL_ASSERT(!ok()); return failure_.error(); }
  const Error& error() const { FCOL_ASSERT(!ok()); return failure_.error(); }
  Failure takeFailure() { return std::move(failure_); }

 private:
  std::optional<T> value_;
  Failure failure_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : failure_(Failure(std::move(error))) {}
  Result(Failure failure) : failure_(std::move(failure)) {}

  explicit operator bool() const { return !failure_; }
  bool ok() const { return !failure_; }
  Error& error() { FCOL_ASSERT(!ok()); return failure_.error(); }
  const Error& error() const { FCOL_ASSERT(!ok()); return failure_.error(); }
  Failure takeFailure() { return std::move(failure_); }

 private:
  Failure failure_;
};

}  // namespace fcol

// Returns the error of `expression` from the enclosing function, if it has one.
#define FCOL_TRY(expression)                                      \
  do {                                                            \
    if (auto fcol_result = (expression); !fcol_result)            \
      return fcol_result.takeFailure();                           \
  } while (false)

// Declares `name` as the value of `expression`, or returns its error.
#define FCOL_ASSIGN(name, expression)                             \
  auto name##_result = (expression);                              \
  if (!name##_result) return name##_result.takeFailure();         \
  auto& name = *name##_result

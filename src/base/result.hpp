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
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return value_.has_value(); }
  bool ok() const { return value_.has_value(); }
  T& value() { FCOL_ASSERT(ok()); return *value_; }
  const T& value() const { FCOL_ASSERT(ok()); return *value_; }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Error& error() { FCOL_ASSERT(!ok()); return error_; }
  const Error& error() const { FCOL_ASSERT(!ok()); return error_; }

 private:
  std::optional<T> value_;
  Error error_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_.has_value(); }
  bool ok() const { return !error_.has_value(); }
  Error& error() { FCOL_ASSERT(!ok()); return *error_; }
  const Error& error() const { FCOL_ASSERT(!ok()); return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace fcol

// Returns the error of `expression` from the enclosing function, if it has one.
#define FCOL_TRY(expression)                                      \
  do {                                                            \
    if (auto fcol_result = (expression); !fcol_result)            \
      return std::move(fcol_result.error());                      \
  } while (false)

// Declares `name` as the value of `expression`, or returns its error.
#define FCOL_ASSIGN(name, expression)                             \
  auto name##_result = (expression);                              \
  if (!name##_result) return std::move(name##_result.error());    \
  auto& name = *name##_result

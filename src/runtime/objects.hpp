// What the runtime keeps, by handle: for the files that make it and ask for it.
#pragma once

#include "runtime/runtime.hpp"

namespace fcol {

Failure noSuchHandle(std::string_view what, Handle handle);

template <typename T>
Handle Runtime::keep(Result<T> result) {
  if (!result) {
    fail(result.takeFailure());
    return 0;
  }
  const Handle handle = next_++;
  objects_.push_back(std::unique_ptr<Held>(new Held{handle, Object(std::in_place_type<T>, std::move(*result))}));
  return handle;
}

template <typename T>
T* Runtime::find(Handle handle, std::string_view what) {
  T* object = std::get_if<T>(objectOf(handle));
  if (!object) fail(noSuchHandle(what, handle));
  return object;
}

}  // namespace fcol

// Texts one behind the other. format() of error.hpp is for messages: it brings what puts these together.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace fcol {

std::string joined(std::initializer_list<std::string_view> texts);

}  // namespace fcol

#include "base/join.hpp"

namespace fcol {

std::string joined(std::initializer_list<std::string_view> texts) {
  std::string all;
  for (const auto text : texts) all += text;
  return all;
}

}  // namespace fcol

#include "columns/name_order.hpp"

#include <cstddef>

namespace fcol {

std::vector<uint32_t> orderByName(const std::vector<const std::string*>& names) {
  std::vector<uint32_t> order;
  order.reserve(names.size());
  for (uint32_t i = 0; i < names.size(); ++i) {  // binary insertion behind equal names
    size_t low = 0, high = order.size();
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      if (*names[i] < *names[order[middle]]) high = middle;
      else low = middle + 1;
    }
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(low), i);
  }
  return order;
}

}  // namespace fcol

#include "columns/name_order.hpp"

#include <cstddef>
#include <cstring>

namespace fcol {

std::vector<uint32_t> orderByName(const std::vector<const std::string*>& names) {
  std::vector<uint32_t> order(names.size());
  for (uint32_t i = 0; i < names.size(); ++i) {  // binary insertion behind equal names
    size_t low = 0, high = i;
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      if (*names[i] < *names[order[middle]]) high = middle;
      else low = middle + 1;
    }
    std::memmove(order.data() + low + 1, order.data() + low, (i - low) * sizeof i);
    order[low] = i;
  }
  return order;
}

}  // namespace fcol

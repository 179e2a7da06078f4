#include "embedding/partial_bags.hpp"

#include "base/room.hpp"

namespace fcol {

Result<void> slotsOfBags(const EmbeddingTable& table, const Bags& bags, const LookupOptions& options, std::vector<int64_t>& slots) {
  FCOL_TRY(makeRoom(slots, bags.ids.size()));
  FCOL_TRY(table.expect(bags.ids.size()));
  const size_t from = bags.splits.empty() ? 0 : bags.splits.front(), to = bags.splits.empty() ? 0 : bags.splits.back();
  for (size_t k = from; k < to; ++k) {
    const int64_t id = bags.ids[k];
    if (isPruned(options, id, bags.weights.empty() ? nullptr : &bags.weights[k])) slots[k] = -1;
    else if (static_cast<uint64_t>(id) >= table.rows()) slots[k] = INT64_MAX;  // no slot of any table
    else slots[k] = table.slotOf(static_cast<uint32_t>(id));
  }
  return {};
}

}  // namespace fcol

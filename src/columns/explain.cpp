#include "columns/explain.hpp"

#include <algorithm>

#include "base/room.hpp"
#include "embedding/weighted_lookup.hpp"

namespace fcol {

Result<void> explainColumn(const Column& column, Transformation& features, JsonWriter& json) {
  json.open('{').key("name").text(column.name()).key("type").text(column.type());
  FCOL_TRY(column.explain(features, json));
  json.close('}');
  return {};
}

Result<void> explainBag(const EmbeddingTable& table, std::span<const int64_t> ids, std::span<const float> weights, const LookupOptions& options,
                        JsonWriter& json) {
  std::span<const float> norms;
  std::vector<float> clipped, kept, room;
  const uint32_t dimension = table.dimension();
  if (table.format() != TableFormat::Float32) FCOL_TRY(makeRoom(room, dimension));
  if (options.max_norm) {
    FCOL_ASSIGN(all, table.norms());
    norms = all;
    FCOL_TRY(makeRoom(clipped, dimension));
  }
  FCOL_TRY(table.expect(ids.size()));
  size_t n = 0;
  json.open('{').key("entries").open('[');
  for (size_t i = 0; i < ids.size(); ++i) {
    json.open('{').key("id").integer(ids[i]);
    if (!weights.empty()) json.key("weight").float32(weights[i]);
    if (isPruned(options, ids[i], weights.empty() ? nullptr : &weights[i])) {
      json.key("dropped").text(ids[i] < 0 ? "the id is negative" : "the weight is not above 0").close('}');
      continue;
    }
    ++n;
    if (!weights.empty()) kept.push_back(weights[i]);
    if (static_cast<uint64_t>(ids[i]) < table.rows()) {
      const uint32_t id = table.slotOf(static_cast<uint32_t>(ids[i]));
      const float* row = table.row(id, room.data());
      json.key("vector").floats({row, dimension});
      if (options.max_norm) {
        const float norm = norms.empty() ? l2Norm(row, dimension) : norms[id];
        clipRow(row, dimension, norm, std::max(*options.max_norm, 0.0f), clipped.data());
        json.key("norm").float32(norm).key("clipped").floats(clipped);
      }
    }
    json.close('}');
  }
  json.close(']').key("finish");
  const auto finish = n == 0 ? std::nullopt : finishOf(options.combiner, n, kept);
  if (!finish) json.text("zero");
  else if (finish->how == Finish::How::Keep) json.text("keep");
  else json.text(finish->how == Finish::How::Multiply ? "multiply" : "divide").key("by").float32(finish->by);
  json.close('}');
  return {};
}

}  // namespace fcol

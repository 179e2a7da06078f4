#include "reference/embedding_lookup.hpp"

#include <cmath>

namespace fcol::reference {
namespace {

using Row = std::vector<float>;
constexpr size_t kPacket = 8;

Row plus(const Row& a, const Row& b) {
  Row sum(a.size());
  for (size_t i = 0; i < a.size(); ++i) sum[i] = a[i] + b[i];
  return sum;
}

Row running(const std::vector<Row>& rows) {
  Row total = rows.at(0);
  for (size_t k = 1; k < rows.size(); ++k) total = plus(total, rows[k]);
  return total;
}

std::vector<Row> slice(const std::vector<Row>& rows, size_t from, size_t to, size_t step = 1) {
  std::vector<Row> some;
  for (size_t k = from; k < to; k += step) some.push_back(rows[k]);
  return some;
}

// The remainder of eight first (eight and nine count as one group), then each further eight summed by itself and added.
Row inEights(const std::vector<Row>& rows) {
  const size_t n = rows.size(), rest = n % 8, first = rest == 0 ? 8 : rest == 1 ? std::min<size_t>(9, n) : rest;
  std::vector<Row> groups{running(slice(rows, 0, first))};
  for (size_t at = first; at < n; at += 8) groups.push_back(running(slice(rows, at, at + 8)));
  return running(groups);
}

Row segmentSum(const std::vector<Row>& rows) {
  const size_t n = rows.size(), width = rows[0].size();
  if (n == 1) return rows[0];
  const size_t wide = n < 16 ? 0 : width - width % kPacket;
  Row total(width);
  for (size_t column = 0; column < width; ++column) {
    if (column >= wide) {
      float sum = 0;
      for (const auto& row : rows) sum += row[column];
      total[column] = sum;
      continue;
    }
    float quads[4] = {};
    for (size_t k = 0; k < n / 4 * 4; ++k) quads[k % 4] += rows[k][column];
    float sum = ((quads[0] + quads[1]) + quads[2]) + quads[3];
    for (size_t k = n / 4 * 4; k < n; ++k) sum += rows[k][column];
    total[column] = sum;
  }
  return total;
}

Row clipByNorm(const Row& row, float max_norm) {
  const float c = std::max(max_norm, 0.0f);
  const size_t whole = row.size() - row.size() % kPacket, quads = row.size() - row.size() % (4 * kPacket);
  std::vector<Row> packets;
  for (size_t at = 0; at < whole; at += kPacket) {
    Row packet(kPacket);
    for (size_t i = 0; i < kPacket; ++i) packet[i] = row[at + i] * row[at + i];
    packets.push_back(packet);
  }
  std::vector<Row> lanes;
  for (size_t i = 0; i < (quads ? 4u : 1u); ++i) {
    std::vector<Row> own{Row(kPacket, 0.0f)};
    for (const auto& packet : slice(packets, i, quads / kPacket, 4)) own.push_back(packet);
    lanes.push_back(running(own));
  }
  std::vector<Row> all{running(lanes)};
  for (const auto& packet : slice(packets, quads / kPacket, packets.size())) all.push_back(packet);
  const Row lane = running(all);
  float half[4];
  for (size_t i = 0; i < 4; ++i) half[i] = lane[i] + lane[i + 4];
  float rest = 0;
  for (size_t i = whole; i < row.size(); ++i) rest += row[i] * row[i];
  const float total = rest + ((half[0] + half[2]) + (half[1] + half[3]));
  const float norm = total > 0 ? std::sqrt(total) : total;
  Row clipped(row.size());
  for (size_t i = 0; i < row.size(); ++i) {
    const float scaled = row[i] * c;
    clipped[i] = scaled / (norm < c ? c : norm);
  }
  return clipped;
}

}  // namespace

std::optional<Row> lookup(const std::vector<Row>& table, size_t dimension, const std::vector<int64_t>& ids, const std::vector<float>* weights,
                          const LookupOptions& options) {
  std::vector<Row> rows;
  std::vector<float> kept;
  for (size_t k = 0; k < ids.size(); ++k) {
    if (options.safe && (ids[k] < 0 || (weights && options.combiner != Combiner::Sum && !((*weights)[k] > 0)))) continue;
    if (ids[k] < 0 || ids[k] >= static_cast<int64_t>(table.size())) return std::nullopt;
    rows.push_back(options.max_norm ? clipByNorm(table[static_cast<size_t>(ids[k])], *options.max_norm) : table[static_cast<size_t>(ids[k])]);
    if (weights) kept.push_back((*weights)[k]);
  }
  const size_t n = rows.size();
  if (n == 0) return Row(dimension, 0.0f);
  if (!weights) {
    if (n == 1) return rows[0];
    Row total = inEights(rows);
    const float divisor = options.combiner == Combiner::Sum    ? 1.0f
                          : options.combiner == Combiner::Mean ? static_cast<float>(n)
                                                               : static_cast<float>(std::sqrt(static_cast<double>(n)));
    const float reciprocal = 1.0f / divisor;
    for (float& value : total) value = n < 10 ? value * reciprocal : value / divisor;
    return total;
  }
  for (size_t k = 0; k < n; ++k)
    for (float& value : rows[k]) value *= kept[k];
  Row total = segmentSum(rows);
  if (options.combiner == Combiner::Sum) return total;
  std::vector<Row> terms;
  for (const float weight : kept) terms.push_back({options.combiner == Combiner::Mean ? weight : weight * weight});
  const float sum = segmentSum(terms)[0], divisor = options.combiner == Combiner::Mean ? sum : std::sqrt(sum);
  for (float& value : total) value = divisor == 0 ? 0 : value / divisor;
  return total;
}

}  // namespace fcol::reference

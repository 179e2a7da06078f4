#include "embedding/bag_kernels.hpp"

#include <cstring>

#include "base/inline.hpp"
#include "base/simd.hpp"
#include "embedding/widen.hpp"

namespace fcol {
namespace {

constexpr size_t kGroup = 8;        // rows that SparseSegmentSum adds at a time
constexpr size_t kUnrollFrom = 16;  // rows from which SegmentSum keeps four sums
constexpr int kPacket = 8;          // floats in a SIMD register of TensorFlow's x86 builds (AVX)

size_t firstGroup(size_t n) {
  const size_t rest = n % kGroup;
  return rest == 0 ? 8 : rest == 1 && n > 1 ? 9 : rest;
}

// The arithmetic of one column block: V vectors of four floats, or one float. Both are the same expressions in the same order.
template <int V>
struct Vectors {
  static constexpr size_t kWidth = 4 * V;
  v128_t v[V];

  static Vectors load(const float* at) {
    Vectors x;
    for (int i = 0; i < V; ++i) x.v[i] = wasm_v128_load(at + 4 * i);
    return x;
  }
  static Vectors zero() {
    Vectors x;
    for (int i = 0; i < V; ++i) x.v[i] = wasm_f32x4_splat(0);
    return x;
  }
  void add(const Vectors& other) {
    for (int i = 0; i < V; ++i) v[i] = wasm_f32x4_add(v[i], other.v[i]);
  }
  // *this = what is in memory + *this, in this order: of two NaNs the first one's bits stay.
  void addTo(const float* at) {
    for (int i = 0; i < V; ++i) v[i] = wasm_f32x4_add(wasm_v128_load(at + 4 * i), v[i]);
  }
  void addProduct(const float* at, float weight) {
    const v128_t w = wasm_f32x4_splat(weight);
    for (int i = 0; i < V; ++i) v[i] = wasm_f32x4_add(v[i], wasm_f32x4_mul(wasm_v128_load(at + 4 * i), w));
  }
  void multiply(float by) {
    for (int i = 0; i < V; ++i) v[i] = wasm_f32x4_mul(v[i], wasm_f32x4_splat(by));
  }
  void divide(float by) {
    for (int i = 0; i < V; ++i) v[i] = wasm_f32x4_div(v[i], wasm_f32x4_splat(by));
  }
  void store(float* at) const {
    for (int i = 0; i < V; ++i) wasm_v128_store(at + 4 * i, v[i]);
  }
};

struct Single {
  [[maybe_unused]] static constexpr size_t kWidth = 1;
  float v;

  static Single load(const float* at) { return {*at}; }
  static Single zero() { return {0}; }
  void addTo(const float* at) { v = *at + v; }
  void add(const Single& other) { v += other.v; }
  void addProduct(const float* at, float weight) { const float product = *at * weight; v += product; }
  void multiply(float by) { v *= by; }
  void divide(float by) { v /= by; }
  void store(float* at) const { *at = v; }
};

template <typename Block>
void finishAndStore(Block& sum, const Finish& finish, float* out) {
  if (finish.how == Finish::How::Multiply) sum.multiply(finish.by);
  if (finish.how == Finish::How::Divide) sum.divide(finish.by);
  sum.store(out);
}

// Calls block.operator()<Block>(column) for blocks of falling width until `dimension` is covered.
template <typename Widest, typename Function>
inline void overColumns(size_t column, size_t dimension, Function&& block) {
  for (; column + Widest::kWidth <= dimension; column += Widest::kWidth) block.template operator()<Widest>(column);
  if constexpr (Widest::kWidth > 16) {
    if (column + 16 <= dimension) block.template operator()<Vectors<4>>(column), column += 16;
  }
  for (; column + 4 <= dimension; column += 4) block.template operator()<Vectors<1>>(column);
  for (; column < dimension; ++column) block.template operator()<Single>(column);
}

// The k-th row of a bag, from a column on: by its place, by its id in a table, or widened.
struct RowsAt {
  const float* const* rows;
  template <typename Block>
  Block block(size_t k, size_t column) const { return Block::load(rows[k] + column); }
};
struct RowsOf {
  const float* table;
  const int64_t* ids;
  size_t dimension;
  template <typename Block>
  Block block(size_t k, size_t column) const { return Block::load(table + static_cast<size_t>(ids[k]) * dimension + column); }
};
template <TableFormat Format>
struct NarrowRows {
  NarrowTable table;
  const int64_t* ids;
  template <typename Block>
  Block block(size_t k, size_t column) const {
    static_assert(Block::kWidth % kEight == 0);
    const auto id = static_cast<uint32_t>(ids[k]);
    const uint8_t* codes = table.codes + id * table.row_bytes + column / kEight * eightBytes(Format);
    const WideScale scale(hasScales(Format) ? table.scaleOf(id) : RowScale{});
    Block values;
    for (size_t i = 0; i < Block::kWidth / kEight; ++i) {
      const Eight eight = widenEight<Format>(codes + i * eightBytes(Format), scale);
      values.v[2 * i] = eight.low;
      values.v[2 * i + 1] = eight.high;
    }
    return values;
  }
};
// The last columns of rows of any format, `columns` of them.
struct NarrowRest {
  NarrowTable table;
  const int64_t* ids;
  size_t columns;
  float* room;
  template <typename Block>
  Block block(size_t k, size_t column) const {
    const auto id = static_cast<uint32_t>(ids[k]);
    const uint8_t* codes = table.codes + id * table.row_bytes + column / kEight * eightBytes(table.format);
    widenRow(table.format, codes, hasScales(table.format) ? table.scaleOf(id) : RowScale{}, columns, room);
    return Block::load(room);
  }
};

// One column block of sumRows, from `out` on. Between the groups the sum waits there, so that the registers hold one block and not
// two. Row after row: unrolled, the additions are sorted by register, and each waits for the one before it.
template <typename Block, typename Rows>
inline void sumBlock(const Rows& rows, size_t n, size_t first, size_t column, const Finish& finish, float* out) {
  Block sum = rows.template block<Block>(0, column);
  size_t k = 1;
  for (size_t end = first;; end += kGroup) {
    FCOL_PLAIN_LOOP
    for (; k < end; ++k) sum.add(rows.template block<Block>(k, column));
    if (end > first) sum.addTo(out);
    if (end >= n) break;
    sum.store(out);
    sum = rows.template block<Block>(k++, column);
  }
  finishAndStore(sum, finish, out);
}

template <typename Rows>
inline void sumBlocks(const Rows& rows, size_t n, size_t dimension, const Finish& finish, float* out) {
  const size_t first = firstGroup(n);
  overColumns<Vectors<8>>(0, dimension, [&]<typename Block>(size_t column) { sumBlock<Block>(rows, n, first, column, finish, out + column); });
}

using NarrowBlock = Vectors<4>;

// The whole blocks; answers how many columns they are.
template <TableFormat Format>
FCOL_NOINLINE size_t sumNarrowBlocks(const NarrowTable& table, const int64_t* ids, size_t n, size_t dimension, const Finish& finish, float* out) {
  const size_t first = firstGroup(n);
  size_t column = 0;
  for (; column + NarrowBlock::kWidth <= dimension; column += NarrowBlock::kWidth)
    sumBlock<NarrowBlock>(NarrowRows<Format>{table, ids}, n, first, column, finish, out + column);
  return column;
}

template <typename Block>
inline void weightedBlock(const float* const* rows, const float* weights, size_t n, size_t column, const Finish& finish, float* out) {
  Block sum = Block::zero();
  for (size_t k = 0; k < n; ++k) sum.addProduct(rows[k] + column, weights[k]);
  finishAndStore(sum, finish, out + column);
}

// Eight columns with four sums each.
inline void weightedPacket(const float* const* rows, const float* weights, size_t n, size_t column, const Finish& finish, float* out) {
  using Packet = Vectors<kPacket / 4>;
  Packet sums[4] = {Packet::zero(), Packet::zero(), Packet::zero(), Packet::zero()};
  const size_t unrolled = n / 4 * 4;
  for (size_t k = 0; k < unrolled; k += 4)
    for (size_t i = 0; i < 4; ++i) sums[i].addProduct(rows[k + i] + column, weights[k + i]);
  for (size_t i = 1; i < 4; ++i) sums[0].add(sums[i]);
  for (size_t k = unrolled; k < n; ++k) sums[0].addProduct(rows[k] + column, weights[k]);
  finishAndStore(sums[0], finish, out + column);
}

}  // namespace

FCOL_NOINLINE void sumRows(const float* const* rows, size_t n, size_t dimension, const Finish& finish, float* out) {
  sumBlocks(RowsAt{rows}, n, dimension, finish, out);
}

FCOL_NOINLINE void sumRowsOf(const float* table, const int64_t* ids, size_t n, size_t dimension, const Finish& finish, float* out) {
  sumBlocks(RowsOf{table, ids, dimension}, n, dimension, finish, out);
}

void sumNarrowRowsOf(const NarrowTable& table, const int64_t* ids, size_t n, size_t dimension, const Finish& finish, float* out) {
  const auto blocks = [&] {
    switch (table.format) {
      case TableFormat::Float16: return sumNarrowBlocks<TableFormat::Float16>;
      case TableFormat::BFloat16: return sumNarrowBlocks<TableFormat::BFloat16>;
      case TableFormat::Int4: return sumNarrowBlocks<TableFormat::Int4>;
      default: return sumNarrowBlocks<TableFormat::Int8>;
    }
  }();
  const size_t column = blocks(table, ids, n, dimension, finish, out);
  if (column == dimension) return;
  float room[NarrowBlock::kWidth] = {}, sums[NarrowBlock::kWidth];
  sumBlock<NarrowBlock>(NarrowRest{table, ids, dimension - column, room}, n, firstGroup(n), column, finish, sums);
  std::memcpy(out + column, sums, (dimension - column) * sizeof(float));
}

void sumWeightedRows(const float* const* rows, const float* weights, size_t n, size_t dimension, const Finish& finish, float* out) {
  if (n == 1) {  // a copy: 0 + -0 would lose the sign
    for (size_t i = 0; i < dimension; ++i) {
      Single product{rows[0][i] * weights[0]};
      finishAndStore(product, finish, out + i);
    }
    return;
  }
  size_t column = 0;
  if (n >= kUnrollFrom)
    for (; column + kPacket <= dimension; column += kPacket) weightedPacket(rows, weights, n, column, finish, out);
  overColumns<Vectors<8>>(column, dimension, [&]<typename Block>(size_t at) { weightedBlock<Block>(rows, weights, n, at, finish, out); });
}

void clipRow(const float* row, size_t dimension, float norm, float c, float* out) {
  const float divisor = norm < c ? c : norm;
  const Finish divide{Finish::How::Divide, divisor};
  overColumns<Vectors<4>>(0, dimension, [&]<typename Block>(size_t column) {
    Block block = Block::load(row + column);
    block.multiply(c);
    finishAndStore(block, divide, out + column);
  });
}

}  // namespace fcol

#include "embedding/table_format.hpp"

#include <cstring>

#include "base/bits.hpp"
#include "base/inline.hpp"
#include "embedding/widen.hpp"

namespace fcol {
namespace {

uint16_t twoBytes(const uint8_t* at) {
  uint16_t bits;
  std::memcpy(&bits, at, sizeof bits);
  return bits;
}

float scaled(int q, RowScale scale) {
  const float product = static_cast<float>(q) * scale.scale;
  return product + scale.bias;
}

template <TableFormat Format>
void widenEights(const uint8_t* codes, RowScale scale, size_t n, float* out) {
  const WideScale row(scale);
  const size_t whole = n / kEight * kEight;
  const uint8_t* at = codes;
  for (size_t i = 0; i < whole; i += kEight, at += eightBytes(Format)) {
    const Eight values = widenEight<Format>(at, row);
    wasm_v128_store(out + i, values.low);
    wasm_v128_store(out + i + 4, values.high);
  }
  widenRowScalar(Format, codes, scale, whole, n, out);
}

}  // namespace

FCOL_NOINLINE void widenRowScalar(TableFormat format, const uint8_t* codes, RowScale scale, size_t from, size_t n, float* out) {
  for (size_t i = from; i < n; ++i) switch (format) {
    case TableFormat::Float32: std::memcpy(out + i, codes + 4 * i, sizeof(float)); break;
    case TableFormat::Float16: out[i] = halfToFloat(twoBytes(codes + 2 * i)); break;
    case TableFormat::BFloat16: out[i] = bitCast<float>(static_cast<uint32_t>(twoBytes(codes + 2 * i)) << 16); break;
    case TableFormat::Int8: out[i] = scaled(static_cast<int8_t>(codes[i]), scale); break;
    case TableFormat::Int4: out[i] = scaled(codes[i / 2] >> (i % 2 * 4) & 15, scale); break;
  }
}

void widenRow(TableFormat format, const uint8_t* codes, RowScale scale, size_t n, float* out) {
  switch (format) {
    case TableFormat::Float32: std::memcpy(out, codes, n * sizeof(float)); return;
    case TableFormat::Float16: return widenEights<TableFormat::Float16>(codes, scale, n, out);
    case TableFormat::BFloat16: return widenEights<TableFormat::BFloat16>(codes, scale, n, out);
    case TableFormat::Int8: return widenEights<TableFormat::Int8>(codes, scale, n, out);
    case TableFormat::Int4: return widenEights<TableFormat::Int4>(codes, scale, n, out);
  }
}

}  // namespace fcol

// A table that is larger than any cache, and batches of bags over it: what bag_bench does natively and bag_wasm in wasm.
#pragma once

#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "base/inline.hpp"
#include "base/touch.hpp"
#include "embedding/embedding_lookup.hpp"

namespace fcol {

class BagCase {
 public:
  static constexpr size_t kBags = 1000, kEach = 20, kBatches = 50;

  // Ids are uniform or, with `zipf`, of density 1 / id. Null: no memory.
  static std::unique_ptr<BagCase> make(uint32_t rows, uint32_t dimension, TableFormat format, bool zipf) {
    auto table = EmbeddingTable::make(rows, dimension, "bench", format);
    if (!table) return nullptr;
    auto made = std::make_unique<BagCase>();
    made->fill(**table);
    (*table)->pairScales();
    made->table_ = std::move(*table);
    for (size_t i = 0; i <= kBags; ++i) made->splits_.push_back(static_cast<uint32_t>(i * kEach));
    for (size_t i = 0; i < kBatches * kBags * kEach; ++i) {
      const double u = static_cast<double>(made->next()) / 4294967296.0;
      made->ids_.push_back(zipf ? static_cast<int64_t>(std::exp(u * std::log(static_cast<double>(rows)))) - 1 : static_cast<int64_t>(u * rows));
    }
    made->out_.resize(kBags * dimension);
    return made;
  }

  // The mean of the bags of the next batch: batches take turns, so that no rows wait in a cache.
  bool run() {
    const Bags bags{batch(), splits_, {}};
    return embeddingLookup(*table_, bags, {}, {out_.data(), table_->dimension()}).ok();
  }
  // Only brings the lines of the next batch's rows, and of their scales and biases, from memory: the floor of run().
  void touch() {
    Toucher lines;
    const NarrowTable narrow = table_->narrow();
    const bool scaled = hasScales(narrow.format);
    FCOL_PLAIN_LOOP
    for (const int64_t id : batch()) {
      const auto row = static_cast<uint32_t>(id);
      const uint8_t* codes = narrow.codes + row * narrow.row_bytes;
      lines.touch(codes);
      FCOL_PLAIN_LOOP
      for (size_t i = 64; i < narrow.row_bytes; i += 64) lines.touch(codes + i);
      if (scaled) lines.touch(narrow.scales + row * narrow.step);
    }
  }
  // Over the bits of all vectors of the last batch: FNV-1a.
  uint32_t digest() const {
    uint32_t digest = 2166136261u;
    for (const float value : out_) {
      uint32_t bits;
      std::memcpy(&bits, &value, sizeof bits);
      digest = (digest ^ bits) * 16777619u;
    }
    return digest;
  }
  size_t bytes() const { return table_->bytes(); }

 private:
  std::span<const int64_t> batch() { return std::span(ids_).subspan(turn_++ % kBatches * kBags * kEach, kBags * kEach); }

  uint32_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    return state_ ^= state_ << 5;
  }

  // Numbers of usual size, whatever the format.
  void fill(EmbeddingTable& table) {
    const size_t values = size_t{table.rows()} * table.dimension();
    uint8_t* at = table.memory();
    const auto put = [&](auto value) {
      std::memcpy(at, &value, sizeof value);
      at += sizeof value;
    };
    switch (table.format()) {
      case TableFormat::Float32:
        for (size_t i = 0; i < values; ++i) put(static_cast<float>(static_cast<int32_t>(next())) * 0x1p-31f);
        return;
      case TableFormat::Float16:
        for (size_t i = 0; i < values; ++i) put(static_cast<uint16_t>(0x2c00 + (next() >> 20) + (i % 2 << 15)));
        return;
      case TableFormat::BFloat16:
        for (size_t i = 0; i < values; ++i) put(static_cast<uint16_t>(0x3d00 + (next() >> 23) + (i % 2 << 15)));
        return;
      default:
        for (uint32_t row = 0; row < table.rows(); ++row) put(static_cast<float>(next() >> 8) * 0x1p-30f);
        for (uint32_t row = 0; row < table.rows(); ++row) put(static_cast<float>(next() >> 8) * -0x1p-24f);
        for (size_t i = 0; i < size_t{table.rows()} * table.rowBytes(); ++i) put(static_cast<uint8_t>(next() >> 24));
    }
  }

  uint32_t state_ = 2463534242u;
  std::shared_ptr<EmbeddingTable> table_;
  std::vector<uint32_t> splits_;
  std::vector<int64_t> ids_;
  std::vector<float> out_;
  size_t turn_ = 0;
};

}  // namespace fcol

// Brings the rows of a batch into the cache before they are added: wasm has no prefetch.
#pragma once

#include <span>

#include "embedding/embedding_table.hpp"

namespace fcol {

// The rows of `ids`, in their order; an id may be in no row of the table.
class RowTouch {
 public:
  RowTouch(const EmbeddingTable& table, std::span<const int64_t> ids) : table_(table), narrow_(table.narrow()), ids_(ids) {}

  // Before the rows up to the one of ids[end] are read: brings their lines, and those of their scales and biases.
  void upTo(size_t end) {
    if (end > touched_) touch(end);
  }

 private:
  void touch(size_t at_least);

  const EmbeddingTable& table_;
  NarrowTable narrow_;
  std::span<const int64_t> ids_;
  size_t touched_ = 0;
};

}  // namespace fcol

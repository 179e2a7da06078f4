// Tables of a runtime: whole ones, and those of some rows.
#include "runtime/objects.hpp"

namespace fcol {
namespace {

// What a table is to be, if that is possible at all.
Result<std::pair<uint64_t, uint64_t>> tableSize(double rows, double dimension, std::string_view name, [[maybe_unused]] uint32_t format) {
  FCOL_ASSERT(format <= static_cast<uint32_t>(TableFormat::Int4));
  const auto fits = [](double size) { return size >= 0 && size < 4294967296.0 && size == static_cast<double>(static_cast<uint64_t>(size)); };
  if (!fits(rows) || !fits(dimension))
    return error(ErrorCode::ShapeMismatch, "table {}: a table of {} rows of {} is not possible", quoted(name), rows, dimension);
  return std::pair(static_cast<uint64_t>(rows), static_cast<uint64_t>(dimension));
}

}  // namespace

Handle Runtime::tableMake(double rows, double dimension, std::string name, uint32_t format) {
  auto size = tableSize(rows, dimension, name, format);
  if (!size) return fail(size.takeFailure());
  return keep(EmbeddingTable::make(size->first, size->second, std::move(name), static_cast<TableFormat>(format)));
}

Handle Runtime::partialTableMake(double rows, double slots, double dimension, std::string name, uint32_t format) {
  auto size = tableSize(rows, dimension, name, format);
  if (!size) return fail(size.takeFailure());
  return keep(EmbeddingTable::makePartial(size->first, static_cast<uint64_t>(slots), size->second, std::move(name), static_cast<TableFormat>(format)));
}

bool Runtime::tableHold(Handle handle, const uint8_t* words, uint32_t count) {
  const auto object = table(handle);
  if (!object) return fail(noSuchHandle("table", handle));
  const auto* ids = reinterpret_cast<const uint32_t*>(words);
  object->hold({ids, count}, {ids + count, count});
  return true;
}

const uint32_t* Runtime::tableMissing(Handle handle) {
  const auto object = table(handle);
  if (!object) return fail(noSuchHandle("table", handle)), nullptr;
  const auto missing = object->missing();
  table_words_[0] = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(missing.data()));
  table_words_[1] = static_cast<uint32_t>(missing.size());
  return table_words_;
}

uint8_t* Runtime::tableData(Handle handle) {
  const auto object = table(handle);
  if (!object) return fail(noSuchHandle("table", handle)), nullptr;
  return const_cast<EmbeddingTable&>(*object).memory();
}

const uint32_t* Runtime::tableShape(Handle handle) {
  const auto object = table(handle);
  if (!object) return fail(noSuchHandle("table", handle)), nullptr;
  table_words_[0] = object->rows();
  table_words_[1] = object->dimension();
  return table_words_;
}

}  // namespace fcol

// Vocabularies of a runtime: from text, records or a prebuilt file, and to such a file.
#include "runtime/objects.hpp"
#include "vocabulary/prebuilt_vocabulary.hpp"

namespace fcol {
namespace {

template <typename Build>
Result<std::shared_ptr<const Vocabulary>> buildVocabulary(Build build, uint8_t* file, size_t bytes, std::string_view dtype_name, double size,
                                                          std::string name) {
  auto buffer = Buffer<uint8_t>::adopt(file, bytes);
  const auto dtype = dtypeFromName(dtype_name);
  if (!dtype || isFloating(*dtype))
    return error(ErrorCode::InvalidDefinition, "{}: dtype must be string or integer. dtype: {}", name, dtype_name);
  std::optional<uint64_t> limit;
  if (size >= 0) {
    if (!(size < 4294967296.0)) return error(ErrorCode::InvalidVocabulary, "{}: Invalid vocabulary_size {}", name, size);
    limit = static_cast<uint64_t>(size);
  }
  return build(std::move(buffer), isInteger(*dtype) ? DType::Int64 : DType::String, limit, std::move(name));
}

}  // namespace

Handle Runtime::vocabularyFromText(uint8_t* file, size_t bytes, std::string dtype, double size, std::string name, EarlyLines* early) {
  const auto build = [&](Buffer<uint8_t> text, DType type, std::optional<uint64_t> lines, std::string called) {
    return Vocabulary::fromText(std::move(text), type, lines, std::move(called), early);
  };
  return keep(buildVocabulary(build, file, bytes, dtype, size, std::move(name)));
}

Handle Runtime::vocabularyFromRecords(uint8_t* file, size_t bytes, std::string dtype, double size, std::string name) {
  return keep(buildVocabulary(Vocabulary::fromRecords, file, bytes, dtype, size, std::move(name)));
}

Handle Runtime::vocabularyFromPrebuilt(uint8_t* file, size_t bytes, std::string dtype, double size, std::string name) {
  return keep(buildVocabulary(Vocabulary::fromPrebuilt, file, bytes, dtype, size, std::move(name)));
}

double Runtime::prebuiltSize(Handle handle) {
  const auto* object = find<VocabularyPointer>(handle, "vocabulary");
  if (!object) return 0;
  auto size = fcol::prebuiltSize(**object);
  if (!size) return fail(size.takeFailure());
  return static_cast<double>(*size);
}

void Runtime::prebuiltWrite(Handle handle, uint8_t* file) {
  if (const auto* object = find<VocabularyPointer>(handle, "vocabulary")) writePrebuilt(**object, file);
}

uint32_t Runtime::vocabularySize(Handle handle) {
  const auto* object = find<VocabularyPointer>(handle, "vocabulary");
  return object ? (*object)->size() : 0;
}

}  // namespace fcol

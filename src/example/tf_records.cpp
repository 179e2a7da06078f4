// The TFRecord stream. Spec 7.3.
#include <cstring>

#include "base/crc32c.hpp"
#include "example/example_batch.hpp"

namespace fcol {
namespace {

constexpr size_t kHeader = 12;  // u64 length, u32 masked checksum of it
constexpr size_t kFooter = 4;   // u32 masked checksum of the data

template <typename T>
T load(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

Failure problemAt(ErrorCode code, std::string_view what, size_t at, size_t record, std::string_view remedy) {
  Failure problem = error(code, "{} record at {} (record {}): {}", what, at, record, remedy);
  problem->row = static_cast<int64_t>(record);
  return problem;
}

}  // namespace

Result<std::vector<std::string_view>> readTfRecords(Bytes bytes) {
  std::vector<std::string_view> records;
  for (size_t at = 0; at < bytes.size();) {
    const uint8_t* header = bytes.data() + at;
    const size_t left = bytes.size() - at;
    if (left < kHeader) return problemAt(ErrorCode::InvalidExample, "truncated", at, records.size(), "the file ends within it; fetch it again");
    if (maskedCrc32c({header, 8}) != load<uint32_t>(header + 8))
      return problemAt(ErrorCode::ChecksumMismatch, "corrupted", at, records.size(), "its length does not match its checksum; is the file a TFRecord file, and uncompressed?");
    const auto size = load<uint64_t>(header);
    if (left - kHeader < kFooter || size > left - kHeader - kFooter)
      return problemAt(ErrorCode::InvalidExample, "truncated", at, records.size(), "the file ends within it; fetch it again");
    const Bytes data(header + kHeader, static_cast<size_t>(size));
    if (maskedCrc32c(data) != load<uint32_t>(data.data() + data.size()))
      return problemAt(ErrorCode::ChecksumMismatch, "corrupted", at, records.size(), "its data does not match its checksum; fetch the file again");
    records.push_back({reinterpret_cast<const char*>(data.data()), data.size()});
    at += kHeader + data.size() + kFooter;
  }
  return records;
}

}  // namespace fcol

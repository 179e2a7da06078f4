#include "base/json_writer.hpp"

#include <cstring>

#include "base/error.hpp"
#include "base/join.hpp"
#include "base/json.hpp"

namespace fcol {
namespace {

// libc++ 13 has no bitsOf yet.
template <typename Bits, typename Value>
Bits bitsOf(Value value) {
  static_assert(sizeof(Bits) == sizeof(Value));
  Bits bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

}  // namespace

void JsonWriter::separate() {
  if (text_.empty()) return;
  const char last = text_.back();
  if (last != '{' && last != '[' && last != ':') text_ += ',';
}

// These stay calls: newer compilers would write them out, with the growing of a string, at each of many places.
[[gnu::noinline]] JsonWriter& JsonWriter::raw(std::string_view value) {
  separate();
  text_.append(value);
  return *this;
}

[[gnu::noinline]] JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  appendJsonString(text_, name);
  text_ += ':';
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) { return raw({&bracket, 1}); }

[[gnu::noinline]] JsonWriter& JsonWriter::close(char bracket) {
  text_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  appendJsonString(text_, value);
  return *this;
}

JsonWriter& JsonWriter::count(uint64_t value) { return raw(toText(value)); }
JsonWriter& JsonWriter::integer(int64_t value) { return raw(joined({"{\"i64\":\"", toText(value), "\"}"})); }
JsonWriter& JsonWriter::hash(uint64_t value) { return raw(joined({"{\"u64\":\"", toText(value), "\"}"})); }
JsonWriter& JsonWriter::float32(float value) { return raw(joined({"{\"f32\":", toText(bitsOf<uint32_t>(value)), "}"})); }

JsonWriter& JsonWriter::floats(std::span<const float> values) {
  raw("{\"f32\":[");
  for (const float value : values) raw(toText(bitsOf<uint32_t>(value)));
  text_.append("]}");
  return *this;
}

JsonWriter& JsonWriter::float64(double value) {
  const auto bits = bitsOf<uint64_t>(value);
  return raw(joined({"{\"f64\":[", toText(static_cast<uint32_t>(bits)), ",", toText(static_cast<uint32_t>(bits >> 32)), "]}"}));
}

JsonWriter& JsonWriter::truth(bool value) { return raw(value ? "true" : "false"); }
JsonWriter& JsonWriter::null() { return raw("null"); }

}  // namespace fcol

#include "base/message.hpp"

#include <algorithm>

#include "base/dtype.hpp"
#include "base/json.hpp"

namespace fcol {

std::string toText(double value) {
  // Exact for whole numbers, else nine significant digits. printf would be 8 KB of the wasm.
  if (value != value) return "nan";
  if (value < 0) return '-' + toText(-value);
  if (value > 1.7976931348623157e308) return "inf";
  constexpr double kExact = 9007199254740992.0;
  if (value < kExact && value == static_cast<double>(static_cast<int64_t>(value))) return toText(static_cast<int64_t>(value));
  int exponent = 0;  // value = scaled * 10^exponent with scaled in [1, 10)
  double scaled = value;
  for (; scaled >= 10; ++exponent) scaled /= 10;
  for (; scaled < 1; --exponent) scaled *= 10;
  constexpr int kDigits = 9;
  auto digits = static_cast<int64_t>(scaled * 1e8 + 0.5);
  if (digits >= 1000000000) {
    digits /= 10;
    ++exponent;
  }
  std::string text = toText(digits);
  const bool plain = exponent >= -5 && exponent < kDigits;
  const int point = plain ? exponent + 1 : 1;  // digits before the decimal point
  if (point <= 0) text.insert(0, static_cast<size_t>(1 - point), '0');
  const size_t at = static_cast<size_t>(point <= 0 ? 1 : point);
  if (at < text.size()) {
    text.insert(at, 1, '.');
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return plain ? text : text + 'e' + toText(static_cast<int64_t>(exponent));
}

namespace {

void appendQuoted(std::string& text, std::string_view value) {
  constexpr size_t kShown = 64;
  static constexpr char kHex[] = "0123456789abcdef";
  text += '"';
  size_t at = 0;
  for (; at < value.size() && at < kShown;) {
    const auto byte = static_cast<unsigned char>(value[at]);
    const size_t length = byte < 0x80 ? 1 : byte >= 0xc2 && byte < 0xe0 ? 2 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
    bool whole = length > 0 && at + length <= value.size();
    for (size_t i = 1; whole && i < length; ++i) whole = (static_cast<unsigned char>(value[at + i]) & 0xc0) == 0x80;
    if (!whole || byte < 0x20 || byte == 0x7f) {
      text.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
      at += 1;
    } else {
      if (byte == '"' || byte == '\\') text += '\\';
      text.append(value.substr(at, length));
      at += length;
    }
  }
  text.append(at < value.size() ? "\"…" : "\"");
}

void appendShown(std::string& text, const Json& value) {
  if (value.isNull()) {
    text.append("None");
    return;
  }
  if (value.isString()) {  // bare, as Python's format prints it
    const size_t begin = text.size();
    appendQuoted(text, value.string());
    text.erase(text.rfind('"'), 1).erase(begin, 1);
    return;
  }
  constexpr size_t kShown = 64;
  const std::string_view source = value.source();
  size_t end = std::min(source.size(), kShown);
  while (end > 0 && end < source.size() && (static_cast<unsigned char>(source[end]) & 0xc0) == 0x80) --end;  // not amid a character
  text.append(source.substr(0, end)).append(end < source.size() ? "…" : "");
}

}  // namespace

void TextPart::appendTo(std::string& text) const {
  switch (kind_) {
    case Kind::Text: text.append(text_); break;
    case Kind::String: text.append(*string_); break;
    case Kind::Literal: text.append(literal_); break;
    case Kind::Signed: text.append(toText(signed_)); break;
    case Kind::Unsigned: text.append(toText(unsigned_)); break;
    case Kind::Number: text.append(toText(number_)); break;
    case Kind::Quoted: appendQuoted(text, text_); break;
    case Kind::Json: appendShown(text, *json_); break;
    case Kind::DType: text.append("<dtype: '").append(dtypeName(dtype_)).append("'>"); break;
  }
}

void writeMessage(const char* text, const TextPart* values, std::string& message) {
  for (; *text; ++text) {
    if (text[0] != '{' || text[1] != '}') {
      message += *text;
      continue;
    }
    values++->appendTo(message);
    ++text;
  }
}

}  // namespace fcol

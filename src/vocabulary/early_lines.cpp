#include "vocabulary/early_lines.hpp"

#include <algorithm>

#include "vocabulary/text_lines.hpp"

namespace fcol {
namespace {

constexpr size_t kFirst = 64 * 1024;        // bytes whose lines tell how long the others are,
constexpr uint64_t kPart = 8;               // and this part of a file at least: its length is the word of a server
constexpr uint64_t kShortest = 8;           // bytes a line: of shorter ones the table would be larger than the file
constexpr uint64_t kMostUnknown = 4 << 20;  // keys of a file of which nobody says how long it is
constexpr size_t kAtOnce = 4 << 20;         // bytes, some ten milliseconds: it begins with a part of the file in hand

// A text that belongs to somebody else.
class Borrowed {
 public:
  explicit Borrowed(Bytes text) { arena_.bytes = Buffer<uint8_t>::adopt(const_cast<uint8_t*>(text.data()), text.size()); }
  ~Borrowed() { arena_.bytes.release(); }
  const KeyArena& arena() const { return arena_; }

 private:
  KeyArena arena_;
};

}  // namespace

uint64_t EarlyLines::keysOf(Bytes text) const {
  if (size_) return *size_;
  // Lines that come are as the last ones were: where they are numbered, the first are shorter than all others.
  const Bytes recent = text.last(text.size() / 4);
  const uint64_t ahead = bytes_ > text.size() ? bytes_ - text.size() : 0;
  const uint64_t all = countNewlines(text) + countNewlines(recent) * ahead / recent.size();
  return all + all / 64;  // the table may be a little too large, and not too small
}

void EarlyLines::stop() {
  stopped_ = true;
  table_.reset();
}

void EarlyLines::arrived(Bytes text) {
  if (stopped_ || text.size() < std::max<uint64_t>(kFirst, bytes_ / kPart) || text.size() > UINT32_MAX) return;
  if (!table_) {
    keys_ = keysOf(text);
    if (keys_ > 0 && keys_ <= (bytes_ > 0 ? bytes_ / kShortest : kMostUnknown))
      if (auto table = KeyTable::make(static_cast<size_t>(keys_), KeyTable::kFirstSeed)) table_ = std::move(*table);
    if (!table_) return stop();
  }
  // Lines that have their end, so that the last one is not taken for the end of the file.
  const Bytes part = text.first(std::min(text.size(), at_ + kAtOnce));
  const std::string nameless;
  TextLines source(part, std::min<uint64_t>(keys_, lines_ + countNewlines(part.subspan(at_))), nameless);
  source.resume(at_, lines_);
  const Borrowed borrowed(text);
  KeyTable::Entry entries[KeyTable::kGroup];
  while (const size_t count = source.next(entries))
    if (table_->insert(borrowed.arena(), {entries, count}).outcome != KeyTable::Outcome::Inserted) return stop();
  if (source.problem()) return stop();
  lines_ = static_cast<uint32_t>(source.lines());
  at_ = source.end();
}

bool EarlyLines::fits(uint64_t keys) const {
  if (stopped_ || !table_ || lines_ > keys) return false;
  const uint64_t exact = KeyTable::bucketsFor(keys);
  return table_->buckets() >= exact && table_->buckets() <= exact + exact / 16;
}

}  // namespace fcol

// TensorFlow's fingerprints against frozen values (spec 4.4).
#include "text/fingerprint64.hpp"

#include <string>

#include "catch.hpp"

using namespace fcol;

TEST_CASE("Fingerprint64 of prefixes of every length class", "[fingerprint64]") {
  const std::string alphabet = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string text;
  while (text.size() < 300) text += alphabet;
  const std::pair<size_t, uint64_t> frozen[] = {
      {0, 11160318154034397263u}, {1, 12917804110809363939u}, {2, 12289600257749001502u}, {3, 2640714258260161385u}, {4, 1897425971756105985u},
      {5, 13992479962126222548u}, {7, 4341691227789030229u}, {8, 18368443631171807497u}, {9, 3687479239766293058u}, {12, 5676575430734197723u},
      {15, 7529451393577069597u}, {16, 6080716761534418621u}, {17, 11394395984755135400u}, {24, 11326376896594185975u}, {31, 496390783753762012u},
      {32, 934449955909727258u}, {33, 17626719820827885067u}, {48, 13367548387630342873u}, {63, 14386202464479361295u}, {64, 2308660753203318608u},
      {65, 17686490211205455105u}, {96, 9052735734803281108u}, {127, 17825635766576322701u}, {128, 11434208707298826057u}, {129, 12218250675765480099u},
      {192, 1146378183525658434u}, {193, 3152105454524815496u}, {256, 10827339533112610115u}, {300, 14518534980019551760u}};
  for (const auto& [length, value] : frozen) {
    INFO("length " << length);
    const std::string exact = text.substr(0, length);  // its own memory: a read beyond it is seen by a sanitizer
    CHECK(fingerprint64(exact) == value);
  }
}

TEST_CASE("Fingerprint64 takes bytes as they are", "[fingerprint64]") {
  using namespace std::string_view_literals;
  CHECK(fingerprint64("Hello") == 15404698994557526151u);
  CHECK(fingerprint64("你好") == 14152467868252790313u);
  CHECK(fingerprint64("a\0b"sv) == 7026922943720236280u);
  CHECK(fingerprint64("\xff\xfe\x80") == 14678735255123956369u);
  CHECK(fingerprint64("\xff") == 2425282684166416103u);
  CHECK(fingerprint64("-1") == 7333874265151076430u);
}

TEST_CASE("FingerprintCat64 is not commutative", "[fingerprint64]") {
  const uint64_t hello = fingerprint64("Hello"), world = fingerprint64("World");
  CHECK(fingerprintCat64(hello, world) == 16877292868973613377u);
  CHECK(fingerprintCat64(world, hello) == 7158413233176775252u);
}

TEST_CASE("Fingerprint64 of every length to 1024", "[fingerprint64]") {
  // What TensorFlow's Fingerprint op gave for each prefix, folded into one number.
  std::string noise;
  uint64_t state = 88172645463325252u;
  for (int i = 0; i < 1024; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    noise += static_cast<char>(state);
  }
  CHECK(fingerprint64(noise.substr(0, 1)) == 14412223396285593827u);
  uint64_t folded = 0;
  for (size_t length = 0; length <= noise.size(); ++length) folded = (folded << 1 | folded >> 63) ^ fingerprint64(noise.substr(0, length));
  CHECK(folded == 18086313493616829369u);
}

// Estimators: the network, the linear part, and the heads, by numbers that can be checked by hand (spec 15).
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "layer_fixture.hpp"

using namespace fcol;
using namespace fcol::testing;
using Catch::Matchers::Contains;
using Floats = std::vector<float>;

namespace {

constexpr double kTolerance = 1e-6;

std::string dnn(const std::string& layers, const std::string& more = "", const std::string& columns = numeric("x", 2)) {
  return R"("dnn":{"columns":[)" + columns + R"(],"layers":[)" + layers + "]" + more + "}";
}
std::string dense(uint32_t kernel, uint32_t bias, const std::string& more = "") {
  return R"({"kernel":)" + std::to_string(kernel) + R"(,"bias":)" + std::to_string(bias) + more + "}";
}
std::string layer(const std::string& name, const std::string& parts) { return R"({"layer":")" + name + "\"," + parts + "}"; }

void checkClose(const Floats& ours, const std::vector<double>& expected) {
  REQUIRE(ours.size() == expected.size());
  for (size_t i = 0; i < ours.size(); ++i) CHECK(std::fabs(ours[i] - expected[i]) <= kTolerance * std::max(1.0, std::fabs(expected[i])));
}

std::map<std::string, const OutputTensor*> byName(const std::vector<OutputTensor>& outputs) {
  std::map<std::string, const OutputTensor*> named;
  for (const auto& output : outputs) named[std::string(output.name)] = &output;
  return named;
}

// x [2] → relu(x · [[1, -1], [0, 2]] + [0, 1]) → · [[3], [5]] + 0.5
LayerFixture network() {
  LayerFixture fixture;
  fixture.table(1, {{1, -1}, {0, 2}}).table(2, {{0, 1}}).table(3, {{3}, {5}}).table(4, {{.5f}});
  return fixture;
}
const std::string kTwoLayers = dense(1, 2) + "," + dense(3, 4);

}  // namespace

TEST_CASE("a binary classifier has logits, logistic, probabilities and class ids", "[layers]") {
  const LayerFixture fixture = network();
  const auto outputs = fixture.run(layer("dnn_classifier", dnn(kTwoLayers)), 3, {{"x", floats({{1, 1}, {2, -4}, {-1, -1}})}});
  REQUIRE(outputs);
  // relu(1, 2) → 13.5; relu(2, -9) → 6.5; relu(-1, 0) → 0.5
  std::vector<std::string> names;
  for (const auto& output : *outputs) names.emplace_back(output.name);
  CHECK(names == std::vector<std::string>{"logits", "logistic", "probabilities", "class_ids"});
  const auto named = byName(*outputs);
  CHECK(named.at("logits")->shape == std::vector<uint32_t>{3, 1});
  CHECK(named.at("probabilities")->shape == std::vector<uint32_t>{3, 2});
  CHECK(named.at("class_ids")->shape == std::vector<uint32_t>{3, 1});
  CHECK(LayerFixture::floats(*named.at("logits")) == Floats{13.5f, 6.5f, .5f});
  std::vector<double> logistic, probabilities;
  for (const double logit : {13.5, 6.5, .5}) {
    logistic.push_back(1 / (1 + std::exp(-logit)));
    probabilities.insert(probabilities.end(), {1 / (1 + std::exp(logit)), 1 / (1 + std::exp(-logit))});
  }
  checkClose(LayerFixture::floats(*named.at("logistic")), logistic);
  checkClose(LayerFixture::floats(*named.at("probabilities")), probabilities);
  CHECK(LayerFixture::ints(*named.at("class_ids")) == std::vector<int32_t>{1, 1, 1});
}

TEST_CASE("logits of any size give probabilities, and equal ones the first class", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1}}).table(2, {{0}});
  const auto outputs = fixture.run(layer("dnn_classifier", dnn(dense(1, 2), "", numeric("x"))), 4, {{"x", floats({{1e4f}, {-1e4f}, {0}, {-1e-30f}})}});
  REQUIRE(outputs);
  const auto named = byName(*outputs);
  CHECK(LayerFixture::floats(*named.at("logistic")) == Floats{1, 0, .5f, .5f});
  CHECK(LayerFixture::floats(*named.at("probabilities")) == Floats{0, 1, 1, 0, .5f, .5f, .5f, .5f});
  CHECK(LayerFixture::ints(*named.at("class_ids")) == std::vector<int32_t>{1, 0, 0, 0});
}

TEST_CASE("a classifier of more classes has a logit for each", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 0, -1}}).table(2, {{0, 1, 0}});
  const std::string spec = layer("dnn_classifier", R"("n_classes":3,)" + dnn(dense(1, 2), "", numeric("x")));
  const auto outputs = fixture.run(spec, 2, {{"x", floats({{2}, {-3}})}});
  REQUIRE(outputs);
  REQUIRE(outputs->size() == 3);
  CHECK((*outputs)[0].name == "logits");
  CHECK(LayerFixture::floats((*outputs)[0]) == Floats{2, 1, -2, -3, 1, 3});
  CHECK((*outputs)[1].name == "probabilities");
  CHECK((*outputs)[1].shape == std::vector<uint32_t>{2, 3});
  std::vector<double> expected;
  for (const std::vector<double>& row : {std::vector<double>{2, 1, -2}, {-3, 1, 3}})
    for (const double each : row) expected.push_back(std::exp(each) / (std::exp(row[0]) + std::exp(row[1]) + std::exp(row[2])));
  checkClose(LayerFixture::floats((*outputs)[1]), expected);
  CHECK((*outputs)[2].name == "class_ids");
  CHECK((*outputs)[2].integer);
  CHECK((*outputs)[2].shape == std::vector<uint32_t>{2, 1});
  CHECK(LayerFixture::ints((*outputs)[2]) == std::vector<int32_t>{0, 2});
}

TEST_CASE("regressors predict, of one dimension or several", "[layers]") {
  LayerFixture fixture = network();
  const auto one = fixture.run(layer("dnn_regressor", dnn(kTwoLayers)), 1, {{"x", floats({{1, 1}})}});
  REQUIRE(one);
  REQUIRE(one->size() == 1);
  CHECK((*one)[0].name == "predictions");
  CHECK((*one)[0].shape == std::vector<uint32_t>{1, 1});
  CHECK(LayerFixture::floats((*one)[0]) == Floats{13.5f});
  CHECK(fixture.data(layer("dnn_regressor", R"("label_dimension":2,)" + dnn(dense(1, 2))), 1, {{"x", floats({{1, 1}})}}) == Floats{1, 2});
}

TEST_CASE("wide and deep parts are added, each over its own columns", "[layers]") {
  LayerFixture fixture = network();
  fixture.table(5, {{1000}, {2000}, {3000}}).table(6, {{100}});
  const std::string linear = R"("linear":{"columns":[)" + identity("a", 3) + R"(],"weights":[5],"bias":6})";
  const Features features = {{"x", floats({{1, 1}, {2, -4}})}, {"a", int64s({{0, 2}, {}})}};
  CHECK(fixture.data(layer("dnn_linear_combined_regressor", dnn(kTwoLayers) + "," + linear), 2, features) == Floats{4113.5f, 106.5f});
  CHECK(fixture.data(layer("linear_regressor", linear), 2, features) == Floats{4100, 100});
  const auto outputs = fixture.run(layer("linear_classifier", linear), 2, features);
  REQUIRE(outputs);
  CHECK(outputs->size() == 4);
  // The deep part reads as DenseFeatures does, which casts to float32 first; the linear part as linear_model, which does not.
  fixture.table(7, {{1}}).table(8, {{0}});
  const std::string exact = R"({"type":"numeric_column","key":"x","dtype":"float64","normalizer_fn":[["sub",16777216]]})";
  const Features doubles = {{"x", lists<double>(DType::Float64, {{16777217}})}};
  CHECK(fixture.data(layer("dnn_regressor", dnn(dense(7, 8), "", exact)), 1, doubles) == Floats{0});
  CHECK(fixture.data(layer("linear_regressor", R"("linear":{"columns":[)" + exact + R"(],"weights":[7],"bias":8})"), 1, doubles) == Floats{1});
  // A feature that both parts read is one input.
  const std::string same = R"("linear":{"columns":[)" + numeric("x", 2) + R"(],"weights":[3],"bias":4})";
  const auto made = fixture.layer(layer("dnn_linear_combined_classifier", dnn(kTwoLayers) + "," + same));
  REQUIRE(made);
  CHECK((*made)->inputs().size() == 1);
  CHECK((*made)->slices().size() == 1);
}

TEST_CASE("batch normalisation comes after the activation", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1}}).table(2, {{0}}).table(3, {{2}}).table(4, {{-7}}).table(5, {{3}}).table(6, {{4}}).table(7, {{1}});
  const std::string norm = R"(,"batch_norm":{"gamma":3,"beta":4,"moving_mean":5,"moving_variance":6})";
  const auto predictions = fixture.data(layer("dnn_regressor", dnn(dense(1, 2, norm) + "," + dense(7, 2), "", numeric("x"))), 2, {{"x", floats({{5}, {-5}})}});
  const auto normed = [](double activated) { return 2 * (activated - 3) / std::sqrt(4 + .001) - 7; };
  checkClose(predictions, {normed(5), normed(0)});  // before it, relu would have cut both off at 0
}

TEST_CASE("activations are those of tf.nn", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1}}).table(2, {{0}});
  const std::vector<std::pair<std::string, double (*)(double)>> kFunctions = {
      {"relu", [](double x) { return std::max(x, 0.0); }},
      {"relu6", [](double x) { return std::min(std::max(x, 0.0), 6.0); }},
      {"elu", [](double x) { return x < 0 ? std::exp(x) - 1 : x; }},
      {"selu", [](double x) { return 1.05070098 * (x < 0 ? 1.67326324 * (std::exp(x) - 1) : x); }},
      {"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"tanh", [](double x) { return (std::exp(x) - std::exp(-x)) / (std::exp(x) + std::exp(-x)); }},
      {"softplus", [](double x) { return std::log(std::exp(x) + 1); }},
      {"softsign", [](double x) { return x / (1 + std::fabs(x)); }},
      {"leaky_relu", [](double x) { return x < 0 ? .2 * x : x; }},
      {"swish", [](double x) { return x / (1 + std::exp(-x)); }},
      {"silu", [](double x) { return x / (1 + std::exp(-x)); }},
      {"gelu", [](double x) { return x * std::erfc(-x / std::sqrt(2.0)) / 2; }},
      {"linear", [](double x) { return x; }},
      {"identity", [](double x) { return x; }},
  };
  const Floats inputs = {-20, -3, -1, -.25f, 0, .25f, 1, 3, 7, 20};
  std::vector<Floats> rows;
  for (const float x : inputs) rows.push_back({x});
  rows.push_back({std::numeric_limits<float>::quiet_NaN()});
  for (const auto& [name, function] : kFunctions) {
    INFO(name);
    const std::string spec = layer("dnn_regressor", dnn(dense(1, 2) + "," + dense(1, 2), R"(,"activation":")" + name + "\"", numeric("x")));
    const auto outputs = fixture.data(spec, static_cast<uint32_t>(rows.size()), {{"x", floats(rows)}});
    std::vector<double> expected;
    for (const float x : inputs) expected.push_back(function(x));
    checkClose({outputs.begin(), outputs.end() - 1}, expected);
    CHECK(std::isnan(outputs.back()));
  }
  // Far out nothing overflows.
  for (const char* name : {"sigmoid", "softplus", "tanh", "elu", "selu", "softsign"}) {
    INFO(name);
    const std::string spec = layer("dnn_regressor", dnn(dense(1, 2) + "," + dense(1, 2), std::string(R"(,"activation":")") + name + "\"", numeric("x")));
    for (const float value : fixture.data(spec, 2, {{"x", floats({{1e5f}, {-1e5f}})}})) CHECK(std::isfinite(value));
  }
  // The logits layer has none.
  CHECK(fixture.data(layer("dnn_regressor", dnn(dense(1, 2), "", numeric("x"))), 1, {{"x", floats({{-2}})}}) == Floats{-2});
}

TEST_CASE("estimators refuse weights that do not fit", "[layers]") {
  LayerFixture fixture = network();
  fixture.table(5, {{0}, {0}});
  const auto refuse = [&](const std::string& name, const std::string& parts, ErrorCode code, const std::string& phrase) {
    const Error refusal = fixture.refusal(layer(name, parts));
    INFO(parts);
    CHECK(refusal.code == code);
    CHECK_THAT(refusal.message, Contains(phrase));
  };
  const std::string mismatch = "doesn't match with shape of tensor table";
  refuse("dnn_classifier", dnn(kTwoLayers, "", numeric("x", 3)), ErrorCode::ShapeMismatch, "Shape of variable ((3, 2)) " + mismatch);
  refuse("dnn_classifier", dnn(dense(1, 4) + "," + dense(3, 4)), ErrorCode::ShapeMismatch, "Shape of variable ((1, 2)) " + mismatch);
  refuse("dnn_classifier", dnn(dense(1, 5) + "," + dense(3, 4)), ErrorCode::ShapeMismatch, mismatch);
  refuse("dnn_classifier", dnn(dense(1, 2)), ErrorCode::ShapeMismatch, "2 logits where 1 are needed");
  refuse("dnn_classifier", R"("n_classes":3,)" + dnn(kTwoLayers), ErrorCode::ShapeMismatch, "1 logits where 3 are needed");
  refuse("dnn_regressor", R"("label_dimension":2,)" + dnn(kTwoLayers), ErrorCode::ShapeMismatch, "1 logits where 2 are needed");
  refuse("dnn_classifier", R"("n_classes":1,)" + dnn(kTwoLayers), ErrorCode::InvalidDefinition, "n_classes must be > 1, got 1");
  refuse("dnn_classifier", R"("n_classes":2.5,)" + dnn(kTwoLayers), ErrorCode::InvalidDefinition, "Invalid n_classes 2.5");
  refuse("dnn_classifier", dnn(kTwoLayers, R"(,"activation":"relu7")"), ErrorCode::InvalidDefinition, "activation_fn \"relu7\" is not known");
  refuse("dnn_classifier", dnn(kTwoLayers, R"(,"activation":7)"), ErrorCode::InvalidDefinition, "activation_fn");
  refuse("dnn_classifier", dnn(""), ErrorCode::InvalidSpec, "at least the logits layer");
  refuse("dnn_classifier", dnn(dense(1, 2) + "," + dense(77, 4)), ErrorCode::InvalidSpec, "\"kernel\" needs weights");
  refuse("dnn_classifier", dnn(dense(1, 2, R"(,"batch_norm":{"gamma":2})") + "," + dense(3, 4)), ErrorCode::InvalidSpec, "\"beta\" needs weights");
  refuse("dnn_classifier", dnn(dense(1, 2, R"(,"batch_norm":{"gamma":4})") + "," + dense(3, 4)), ErrorCode::ShapeMismatch, mismatch);
  refuse("dnn_classifier", dnn(dense(1, 2, R"(,"batch_norm":{"momentum":1})") + "," + dense(3, 4)), ErrorCode::InvalidSpec, "no field \"momentum\"");
  refuse("dnn_classifier", dnn(dense(1, 2, R"(,"activation":"relu")") + "," + dense(3, 4)), ErrorCode::InvalidSpec, "no field \"activation\"");
  refuse("dnn_classifier", dnn(kTwoLayers, R"(,"dropout":0.5)"), ErrorCode::InvalidSpec, "no field \"dropout\"");
  refuse("dnn_classifier", dnn(kTwoLayers, "", identity("a", 3)), ErrorCode::InvalidDefinition, "You can wrap a categorical column");
  refuse("linear_classifier", R"("linear":{"columns":[)" + identity("a", 3) + R"(],"weights":[5],"bias":4})", ErrorCode::ShapeMismatch, "Shape of variable a/weights ((3, 1))");
  refuse("linear_classifier", R"("linear":{"columns":[],"weights":[],"bias":4})", ErrorCode::InvalidDefinition, "must not be empty");
}

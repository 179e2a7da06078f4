// The ten models that TensorFlow's estimators trained and saved, served by the core alone: serialized tf.Examples in, their input
// layer bit for bit and their predictions within 1e-6 of the largest out.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <list>

#include "catch.hpp"
#include "example/example_batch.hpp"
#include "files.hpp"
#include "golden/spec_files.hpp"
#include "layers/layer.hpp"

using namespace fcol;

namespace {

const char* const kFolders[] = {"dnn_classifier", "dnn_classifier_batch_norm", "dnn_classifier_multiclass", "dnn_classifier_v1", "dnn_classifier_v1_columns",
                                "dnn_linear_combined_classifier", "dnn_linear_combined_classifier_v1", "dnn_regressor", "linear_classifier", "linear_classifier_v1"};

// "tf.compat.v1.estimator.DNNLinearCombinedClassifier" → "dnn_linear_combined_classifier"
std::string layerName(std::string estimator) {
  estimator = estimator.substr(estimator.rfind('.') + 1);
  std::string name;
  for (const char* word : {"DNN", "Linear", "Combined", "Classifier", "Regressor"}) {
    if (estimator.rfind(word, 0) != 0) continue;
    estimator.erase(0, std::strlen(word));
    if (!name.empty()) name += '_';
    for (const char* c = word; *c; ++c) name += static_cast<char>(*c | 0x20);
  }
  return name;
}

// The floats of a version 1 .npy file of rank 2.
std::vector<float> npyFloats(const std::string& file) {
  REQUIRE(file.size() > 10);
  const size_t start = 10 + static_cast<uint8_t>(file[8]) + 256 * static_cast<uint8_t>(file[9]);
  REQUIRE(file.find("'<f4'") < start);
  REQUIRE(file.find("'fortran_order': False") < start);
  std::vector<float> values((file.size() - start) / sizeof(float));
  std::memcpy(values.data(), file.data() + start, values.size() * sizeof(float));
  return values;
}

class Model {
 public:
  explicit Model(const std::string& name)
      : folder_(test::sharedFolder() + "golden/models/" + name + "/"), files_([this](const std::string& file) { return test::readFile(folder_ + file); }) {
    model_ = read("model.json");
    const auto records = readTfRecords(bytesOf(texts_.emplace_back(*test::readFile(folder_ + "examples.tfrecord"))));
    REQUIRE(records);
    offsets_.push_back(0);
    for (const auto record : *records) offsets_.push_back(static_cast<uint32_t>((examples_ += record).size()));
  }

  const Json& json() const { return model_; }
  bool has(const char* file) const { return test::readFile(folder_ + file).has_value(); }
  Json read(const std::string& file) {
    const auto content = test::readFile(folder_ + file);
    INFO(folder_ + file);
    REQUIRE(content);
    auto parsed = Json::parse(texts_.emplace_back(*content));
    REQUIRE(parsed);
    return *parsed;
  }
  std::string text(const char* file) const { return *test::readFile(folder_ + file); }

  std::string inputLayerSpec() { return files_.withHandles(read(model_["dnn"]["columns"].string())); }

  std::string estimatorSpec() {
    std::string spec = "{\"layer\":\"" + layerName(model_["estimator"].string()) + "\"";
    if (const Json& dnn = model_["dnn"]; !dnn.isNull()) {
      spec += ",\"dnn\":{\"columns\":" + files_.withHandles(read(dnn["columns"].string())["columns"]);
      spec += ",\"activation\":\"" + dnn["hidden_layers"].items()[0]["activation"].string() + "\",\"layers\":[";
      for (const Json& layer : dnn["hidden_layers"].items()) {
        spec += "{" + tensors(layer, {"kernel", "bias"});
        if (const Json& norm = layer["batch_norm"]; !norm.isNull()) {
          CHECK(norm["epsilon"].number() == 0.001);
          spec += ",\"batch_norm\":{" + tensors(norm, {"gamma", "beta", "moving_mean", "moving_variance"}) + "}";
        }
        spec += "},";
      }
      spec += "{" + tensors(dnn["logits"], {"kernel", "bias"}) + "}]}";
    }
    if (const Json& linear = model_["linear"]; !linear.isNull()) {
      const auto members = files_.linearMembers(read(linear["columns"].string())["columns"], model_["checkpoint"].string(), "linear/linear_model");
      REQUIRE(members);
      spec += ",\"linear\":{" + *members + ",\"sparse_combiner\":\"" + linear["sparse_combiner"].string() + "\"}";
    }
    if (model_.has("n_classes")) spec.append(",\"n_classes\":").append(model_["n_classes"].source());
    return spec + "}";
  }

  std::unique_ptr<Layer> layer(const std::string& spec) const {
    REQUIRE(!files_.problem());
    auto made = layerFromSpec(spec, files_);
    INFO(spec.substr(0, 200) << (made ? "" : made.error().message));
    REQUIRE(made);
    return std::move(*made);
  }

  std::vector<OutputTensor> run(const Layer& layer) const {
    const auto spec = layer.parseSpec();
    REQUIRE(spec);
    const auto batch = parseExamples({examples_.data(), offsets_}, *spec);
    INFO((batch ? "" : batch.error().message));
    REQUIRE(batch);
    std::vector<OutputTensor> outputs;
    const auto result = layer.run((*batch)->batch(), outputs);
    INFO((result ? "" : result.error().message));
    REQUIRE(result);
    CHECK(outputs[0].shape[0] == model_["rows"].number());
    return outputs;
  }

 private:
  static Bytes bytesOf(const std::string& text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

  // "name":handle for the tensors that `names` names.
  std::string tensors(const Json& names, std::initializer_list<const char*> parts) {
    std::string members;
    for (const char* part : parts)
      members.append(members.empty() ? "\"" : ",\"").append(part).append("\":").append(toText(files_.tensor(model_["checkpoint"].string(), names[part].string()).value_or(0)));
    return members;
  }

  std::string folder_;
  std::list<std::string> texts_;  // what the Jsons point into
  test::SpecFiles files_;
  Json model_;
  std::string examples_;
  std::vector<uint32_t> offsets_;
};

// Sums of many terms, whose last bits depend on the machine inside TensorFlow too.
bool hasManyTerms(const Json& column) {
  return column.has("max_norm") || column.source().find("weighted_categorical_column") != std::string_view::npos;
}

void checkInputLayer(Model& model) {
  const auto layer = model.layer(model.inputLayerSpec());
  const auto outputs = model.run(*layer);
  const auto expected = npyFloats(model.text("input_layer.npy"));
  const uint32_t width = layer->width();
  REQUIRE(expected.size() == size_t{width} * outputs[0].shape[0]);
  std::string close;  // the text of the columns in which only the last bits may differ
  const Json columns = model.read(model.json()["dnn"]["columns"].string());
  for (const Json& column : columns["columns"].items())
    if (hasManyTerms(column)) close += column.source();
  const auto& layout = model.json()["dnn"]["input_layout"].items();
  REQUIRE(layout.size() == layer->slices().size());
  for (size_t i = 0; i < layout.size(); ++i) {
    const ColumnSlice& slice = layer->slices()[i];
    CHECK(slice.name == layout[i]["name"].string());
    CHECK(slice.offset == layout[i]["offset"].number());
    const std::string key = "\"" + slice.name.substr(0, slice.name.find("_weighted_by_")).substr(0, slice.name.find("_shared_embedding")) + "\"";
    const bool is_close = close.find(key) != std::string::npos;
    size_t differing = 0;
    for (size_t at = slice.offset; at < expected.size(); at += width)
      for (uint32_t k = 0; k < slice.width; ++k) {
        const float a = outputs[0].floats[at + k], b = expected[at + k];
        if (std::memcmp(&a, &b, sizeof a) != 0 && !(is_close && std::fabs(a - b) <= 1.5e-6f)) ++differing;
      }
    INFO(slice.name);
    CHECK(differing == 0);
  }
}

void checkPredictions(Model& model) {
  const auto outputs = model.run(*model.layer(model.estimatorSpec()));
  const Json expected = model.read("outputs.json");
  REQUIRE(expected.items().size() == outputs[0].shape[0]);
  std::vector<std::string> names = expected.items()[0].keys(), ours;
  for (const auto& output : outputs) ours.emplace_back(output.name);
  std::sort(names.begin(), names.end());
  std::sort(ours.begin(), ours.end());
  CHECK(ours == names);
  for (const auto& output : outputs) {
    INFO(output.name);
    double largest = 0, error = 0;
    for (size_t row = 0; row < expected.items().size(); ++row) {
      const auto& values = expected.items()[row][output.name].items();
      REQUIRE(values.size() == output.shape[1]);
      for (size_t i = 0; i < values.size(); ++i) {
        const size_t at = row * values.size() + i;
        largest = std::max(largest, std::fabs(values[i].number()));
        error = std::max(error, std::fabs((output.integer ? output.ints[at] : double{output.floats[at]}) - values[i].number()));
      }
    }
    CHECK(error <= (output.integer ? 0 : 1e-6 * largest));
  }
}

}  // namespace

TEST_CASE("models of TensorFlow's estimators give TensorFlow's input layers and predictions", "[golden]") {
  if (!test::readFile(test::sharedFolder() + "golden/models/README.md")) {
    WARN("skipped: no goldens beside the repository; set FCOL_SHARED to their folder");
    return;
  }
  size_t input_layers = 0;
  for (const char* folder : kFolders) {
    INFO(folder);
    Model model(folder);
    if (model.has("input_layer.npy")) {
      checkInputLayer(model);
      ++input_layers;
    }
    checkPredictions(model);
  }
  CHECK(input_layers == 8);
}

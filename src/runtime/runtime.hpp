// Runtime: everything one JavaScript runtime holds in this memory: vocabularies, checkpoints, tables and layers by handle,
// the last error, the outputs of the last run. What wasm/bindings.cpp exposes, function for function; no global state.
//
// Handles are positive; 0 means "failed, see takeError()". A handle is released once by its owner; a layer keeps what it uses
// alive by itself.
#pragma once

#include <optional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "checkpoint/checkpoint.hpp"
#include "layers/layer.hpp"

namespace fcol {

using Handle = uint32_t;

class Runtime final : private Resources {
 public:
  // --- errors: {"code","message","column"?,"row"?,"value"?} of the last call that failed; "" if none. Clears it.
  std::string takeError();

  // --- memory that JavaScript fills: files and packed batches. 0 (null): out of memory.
  uint8_t* allocate(size_t bytes);
  uint8_t* reallocate(uint8_t* memory, size_t bytes);
  void free(uint8_t* memory);

  // --- resources. The first three take over `file`, which came from allocate(), whatever happens. size < 0: all lines.
  // `early`: what was done of this file while it arrived, or null; it stays the caller's.
  Handle vocabularyFromText(uint8_t* file, size_t bytes, std::string dtype, double size, std::string name, EarlyLines* early);
  Handle vocabularyFromRecords(uint8_t* file, size_t bytes, std::string dtype, double size, std::string name);
  Handle vocabularyFromPrebuilt(uint8_t* file, size_t bytes, std::string dtype, double size, std::string name);
  uint32_t vocabularySize(Handle vocabulary);
  // How long a file of a vocabulary and its index is (prebuilt_vocabulary.hpp), and such a file; 0 if it can have none.
  double prebuiltSize(Handle vocabulary);
  void prebuiltWrite(Handle vocabulary, uint8_t* file);

  Handle checkpointOpen(const uint8_t* index, size_t bytes, std::string name);
  std::string checkpointEntries(Handle checkpoint);  // {"shards": n, "tensors": {name: as tensorPlan}}
  // The object graph of a checkpoint that tf.train.Checkpoint wrote: first where it lies, {"shard","offset","size"}, then,
  // from these bytes, {full_name: key} (object_graph.hpp). Empty on a failure.
  std::string objectGraphPlan(Handle checkpoint);
  std::string objectGraphRead(Handle checkpoint, const uint8_t* bytes, size_t size);
  // Begins reading a tensor: {"dtype","shape","pieces":[{"shard","offset","size"}]} in tensorPlan.
  Handle tensorOpen(Handle checkpoint, std::string tensor, bool cast);
  std::string tensorPlan(Handle tensor);
  // The bytes of a piece in their order, at most TensorReader::kMostAtOnce a time: they are written to tensorRoom, 0 on a failure,
  // and then told of. tensorRewind: they will come again from the first.
  uint8_t* tensorRoom(Handle tensor, uint32_t piece, size_t size);
  bool tensorWritten(Handle tensor, uint32_t piece, size_t size);
  void tensorRewind(Handle tensor, uint32_t piece);
  Handle tensorFinish(Handle tensor);  // a table handle; releases the tensor handle, also on failure

  // To be filled through tableData, as EmbeddingTable::memory lays it out; `format`: the number of a TableFormat.
  Handle tableMake(double rows, double dimension, std::string name, uint32_t format);
  // A table with room for `slots` of its rows (EmbeddingTable::makePartial); its memory is then filled slot by slot.
  Handle partialTableMake(double rows, double slots, double dimension, std::string name, uint32_t format);
  // Says which rows it holds until the next call: u32 ids[count], ascending, and u32 slots[count] behind them, which stay the caller's.
  bool tableHold(Handle table, const uint8_t* words, uint32_t count);
  const uint32_t* tableMissing(Handle table);  // u32 pointer and count of the ids that a run missed since. Valid until the next call
  uint8_t* tableData(Handle table);  // its memory: to be written while no layer has it, else to be read
  const uint32_t* tableShape(Handle table);  // u32 rows and dimension. Valid until the next call

  // --- layers
  // `bits`: of the numbers in the text, as Json::parse takes them.
  Handle layerMake(std::string_view json, std::string_view bits);
  // {"inputs": [key, …], "width": n, "columns": [{"name","offset","width"}, …], "dtypes": [n, …]}; "dtypes" of the inputs: see Layer::dtypes
  std::string layerDescribe(Handle layer);
  // Runs over a packed batch (docs/architecture.md). True: see output(). The packed bytes are only read.
  bool layerRun(Handle layer, const uint8_t* packed, size_t bytes);
  bool layerRunExamples(Handle layer, const uint8_t* packed, size_t bytes, bool sequence_examples);  // u32 count, u32 offsets[count + 1], bytes
  bool layerRunRows(Handle layer, const uint8_t* lines, size_t bytes);                               // NDJSON
  // How the one row of a packed batch or of NDJSON becomes the output: {…} as Layer::explain writes it, tagged numbers as
  // base/json_writer.hpp has them. Empty: an error.
  std::string layerExplain(Handle layer, const uint8_t* packed, size_t bytes, bool ndjson);
  // {"rows", "columns": [{…}, …]} of columns/coverage.hpp; `top` unknown values for each. Empty: an error.
  std::string layerCoverage(Handle layer, const uint8_t* packed, size_t bytes, bool ndjson, uint32_t top);
  // u32 words: [n, then for each output: pointer, 0 float32 | 1 int32, rank, d0, d1, d2]. Valid until the next call that allocates.
  const uint32_t* output() const;

  void release(Handle handle);
  // Vocabularies and their bytes, tables and their bytes, checkpoints, tensors, layers.
  const double* stats();

 private:
  using VocabularyPointer = std::shared_ptr<const Vocabulary>;
  using CheckpointPointer = std::shared_ptr<const Checkpoint>;
  using TensorPointer = std::unique_ptr<TensorReader>;
  using TablePointer = std::shared_ptr<const EmbeddingTable>;
  using WritableTablePointer = std::shared_ptr<EmbeddingTable>;
  using LayerPointer = std::unique_ptr<Layer>;
  using Object = std::variant<VocabularyPointer, CheckpointPointer, TensorPointer, TablePointer, WritableTablePointer, LayerPointer>;

  std::shared_ptr<const Vocabulary> vocabulary(uint32_t handle) const override;
  std::shared_ptr<const EmbeddingTable> table(uint32_t handle) const override;
  template <typename T> Handle keep(Result<T> result);                  // 0 on an error
  template <typename T> T* find(Handle handle, std::string_view what);  // null on an error
  bool fail(Failure problem);                                           // false, always
  template <typename Use>
  bool withBatch(Handle layer, const uint8_t* memory, size_t bytes, bool ndjson, Use use);

  struct Held {
    Handle handle;
    Object object;
  };
  size_t placeOf(Handle handle) const;    // of the first that is not before it
  Object* objectOf(Handle handle) const;  // null if there is none

  std::vector<std::unique_ptr<Held>> objects_;  // handles rise
  Handle next_ = 1;
  Failure error_;
  FeatureBatch batch_;  // kept for its capacity
  std::vector<OutputTensor> outputs_;
  mutable std::vector<uint32_t> output_words_;
  uint32_t table_words_[2] = {};  // apart from these: they are asked for between a run and the reading of its outputs
  double stats_[7];
};

}  // namespace fcol

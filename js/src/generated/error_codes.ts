// Made by scripts/generate-codes.mjs from src/base/error_codes.inc; change it there.

/**
 * What went wrong, for programs:
 *
 * - `invalid_definition`: A column, layer or option is defined wrongly; TensorFlow's ValueError or TypeError at construction.
 * - `invalid_spec`: A JSON spec is not valid JSON, has an unknown type or field, or misses one.
 * - `missing_feature`: A feature that a column needs is not in the batch.
 * - `dtype_mismatch`: The values of a feature have a type that its column does not take.
 * - `shape_mismatch`: A feature, tensor or output buffer has another number of values or another rank than needed.
 * - `out_of_range`: An id is not a row of its table.
 * - `invalid_batch`: A batch contradicts itself: lengths, row splits, indices, or UTF-8 offsets.
 * - `invalid_example`: Bytes are no tf.Example, SequenceExample or TFRecord, or lack a required feature.
 * - `invalid_row`: A line is not a JSON object of features.
 * - `invalid_vocabulary`: A vocabulary file or list cannot be used: empty line, duplicate key, wrong size, not a number.
 * - `invalid_checkpoint`: Checkpoint bytes are not a TensorFlow checkpoint, are cut off, or contradict themselves.
 * - `checksum_mismatch`: Stored bytes do not match their checksum.
 * - `tensor_not_found`: A checkpoint or table file has no tensor of this name.
 * - `unsupported`: Valid, but not something that this package reads.
 * - `out_of_memory`: The memory that this would take is not available.
 * - `not_found`: A file or URL does not exist.
 * - `network`: A request failed, or the server answered with something else than the file.
 * - `integrity`: Fetched bytes do not have the SHA-256 that was asked for, or are of another version than those fetched before.
 * - `aborted`: The caller's AbortSignal ended the work.
 * - `disposed`: The layer or runtime was used after dispose().
 * - `invalid_argument`: A method or command was called with an argument that it does not take.
 * - `internal`: A defect of this package; please report it.
 */
export type ErrorCode =
  | 'invalid_definition'
  | 'invalid_spec'
  | 'missing_feature'
  | 'dtype_mismatch'
  | 'shape_mismatch'
  | 'out_of_range'
  | 'invalid_batch'
  | 'invalid_example'
  | 'invalid_row'
  | 'invalid_vocabulary'
  | 'invalid_checkpoint'
  | 'checksum_mismatch'
  | 'tensor_not_found'
  | 'unsupported'
  | 'out_of_memory'
  | 'not_found'
  | 'network'
  | 'integrity'
  | 'aborted'
  | 'disposed'
  | 'invalid_argument'
  | 'internal';

// What is not in the module that every page loads: the parts that scripts/split-wasm.mjs cuts off. A part is named by the functions by
// which it is entered; what only these use - other functions, constants - goes with them. The names are of C++, in their mangled form.

const any = (identifiers) => identifiers.map((each) => each.length + each).join('|');
const FCOL = '4fcol(12_GLOBAL__N_1)?';

/** Functions and methods of namespace fcol that are called so or belong to a class of that name, and how shared pointers hold that. */
const named = (...identifiers) => Object.assign(new RegExp(`^_Z(Thn\\d+_)?(NK?${FCOL}|NSt3__220__shared_ptr_emplaceIN${FCOL})(${any(identifiers)})`), { ofClass: true });

/** Methods of any class of fcol, by their own name. */
const method = (...identifiers) => new RegExp(`^_Z(Thn\\d+_)?NK?${FCOL}\\d+[A-Za-z0-9]+(${any(identifiers)})E`);

/** One method. */
const member = (owner, ...identifiers) => new RegExp(`^_Z(Thn\\d+_)?NK?${FCOL}${owner.length}${owner}(${any(identifiers)})E`);

/** The functions of a namespace of wasm/bindings.cpp. */
const bindings = (name) => new RegExp(`^_ZNK?12_GLOBAL__N_1${name.length}${name}`);

/**
 * `calls`: the other parts that a part may call, where whoever brings it sees to it that these are there. The core calls `columns` and
 * `vocabulary` for what js/src/spec/core_parts.ts and js/src/loading tell beforehand: tables of fewer bits, max_norm, weights, vocabularies.
 */
export const CORE_CALLS = [
  'columns',
  'vocabulary',
  'messages',
  { part: 'checkpoint', by: /default_deleteIN4fcol|unique_ptrIN4fcol|shared_ptr_pointerIPN4fcol/ }, // what is deleted has been made by that part
];

export const PARTS = [
  {
    // TensorFlow's files: checkpoints, and vocabularies of TFRecords.
    name: 'checkpoint',
    calls: ['columns', 'vocabulary'], // records, of integers or not
    functions: [
      bindings('checkpoint_part'),
      named('Checkpoint', 'BundleIndex', 'TensorReader', 'TableReader', 'readBundleEntry', 'coverOf', 'placeSlice', 'readHandle', 'crc32c', 'foldBytes', 'RecordKeys'),
      member('Vocabulary', 'fromRecords'),
    ],
  },
  {
    // Columns but those of a vocabulary file, identity, hash buckets and (shared) embeddings; what few of these ask for.
    name: 'columns',
    calls: ['explain', 'vocabulary'], // lists
    functions: [
      named('makeCrossedColumn', 'CrossedColumn', 'makeWeightedColumn', 'WeightedColumn', 'makeIndicatorColumn', 'IndicatorColumn', 'makeVocabularyListColumn'),
      named('makeNumericColumn', 'NumericColumn', 'NumericValues', 'makeBucketizedColumn', 'BucketizedColumn'),
      named('makeSequenceNumericColumn', 'SequenceNumericColumn', 'makeSequenceCategoricalColumn', 'SequenceCategorical'),
      method('writeSequence', 'steps'),
      named('stepBags'),
      bindings('columns_part'),
      named('IntegerVocabulary', 'integersOf'), // vocabularies of integers
      // Tables of fewer bits or of some rows, and rows clipped by max_norm.
      named('WeightedLookup', 'weightedLookup', 'PartialBags', 'slotsOfBags', 'widenRow', 'widenRowScalar', 'sumNarrowRowsOf', 'sumNarrowBlocks', 'clipRow', 'l2Norm'),
      member('EmbeddingTable', 'norms'),
      named('flagRealWeights'),
      named('namesInitializer'), // never called: JavaScript hands on no initializer, of whose table the values are there
      /^_ZNK?10__cxxabiv1/, // never called: without exceptions nobody asks for a type
    ],
  },
  {
    // Layers but DenseFeatures.
    name: 'models',
    calls: ['columns', 'explain'], // tables of fewer bits, as the core
    functions: [
      named('makeEstimator', 'Estimator', 'makeSequenceFeatures', 'SequenceFeatures', 'makeLinearModel', 'LinearModel', 'LinearColumns', 'DenseNetwork'),
      named('elu', 'sigmoid'),
      /^_ZN4fcol12_GLOBAL__N_1\d+\$_\d+8__invokeEd$/, // activations, by their address
    ],
  },
  {
    // What errors say: the texts, and what puts them together. It comes with the first error: see message_writer of src/base/error.hpp.
    name: 'messages',
    functions: [bindings('messages_part'), named('writeMessage')],
    texts: true,
  },
  {
    // Vocabularies with their index.
    name: 'prebuilt',
    calls: ['checkpoint', 'vocabulary'], // the checksum
    functions: [
      bindings('prebuilt_part'),
      named('prebuiltSize', 'writePrebuilt'),
      member('Vocabulary', 'fromPrebuilt'),
      member('KeyTable', 'pack', 'packedSize', 'unpack'),
      member('StringVocabulary', 'hold'),
    ],
  },
  {
    // Rows as serialized examples or as text.
    name: 'rows',
    functions: [
      bindings('rows_part'),
      named('JsonRows', 'JsonColumn', 'parseJsonRows', 'parseExamples', 'ParsedExamples', 'parseSequenceExamples', 'ParsedSequenceExamples', 'ExampleSlots', 'appendFeature', 'appendFixed', 'KeyIndex'),
    ],
  },
  {
    // How a row becomes an output, and what a batch's columns do not know; keys by their ids.
    name: 'explain',
    calls: ['columns', 'rows', 'vocabulary'], // NDJSON; rows as the layer has them, which has brought what it needs
    functions: [
      bindings('explain_part'),
      method('explain', 'explainHash', 'explainValue', 'cover'),
      named('explainBag', 'explainColumn', 'writeRawValue', 'writeRawValues', 'Coverage', 'coverNumbers', 'JsonWriter'),
      member('StringVocabulary', 'key'),
      member('IntegerVocabulary', 'key'),
    ],
  },
  {
    // What builds vocabularies and looks up in them. Their columns are of the core: to cut more off would cost pages that have vocabularies more.
    name: 'vocabulary',
    calls: ['columns'], // integers
    functions: [
      bindings('vocabulary_part'),
      named('EarlyLines'),
      member('Vocabulary', 'fromText'),
      member('StringVocabulary', 'find', 'make'),
      member('KeyTable', 'findOne'),
      member('KeyArena', 'number'),
      member('TextLines', 'next'),
      named('holdsKey'),
    ],
  },
];

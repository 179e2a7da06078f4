// Embind registers types that no function of ours takes or gives: wide strings, views of memory, JavaScript values. Their readers and
// writers would be a tenth of the JavaScript that starts a runtime.
mergeInto(LibraryManager.library, {
  _embind_register_std_wstring__deps: [],
  _embind_register_std_wstring: function() {},
  _embind_register_memory_view__deps: [],
  _embind_register_memory_view: function() {},
  _embind_register_emval__deps: [],
  _embind_register_emval: function() {},
});

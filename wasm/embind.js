// The JavaScript half of Embind for the types that our bindings take and give: numbers, booleans and std::string. The general one, with
// classes, overloads, wide strings, views, JavaScript values and a message for each misuse, was a quarter of what starts a runtime, and
// TypeScript checks the calls. Types are looked up when a function is first called: bindings may be registered before their types.
mergeInto(LibraryManager.library, {
  $embindTypes: '{}',
  $embindFull: "new RangeError('out of memory')",
  $embindName: function(at) {
    var name = '';
    while (HEAPU8[at]) name += String.fromCharCode(HEAPU8[at++]);
    return name;
  },
  // {from: a value of wasm to one of JavaScript, to: back; `made` collects what is freed after the call}
  $embindNumber: { from: function(wire) { return wire }, to: function(value) { return value } },
  _embind_register_void__deps: ['$embindTypes'],
  _embind_register_void: function(type) {
    embindTypes[type] = { from: function() {} };
  },
  _embind_register_bool__deps: ['$embindTypes'],
  _embind_register_bool: function(type) {
    embindTypes[type] = { from: function(wire) { return !!wire }, to: function(value) { return value ? 1 : 0 } };
  },
  _embind_register_integer__deps: ['$embindTypes', '$embindNumber'],
  _embind_register_integer: function(type, name, size, least) {
    embindTypes[type] = least ? embindNumber : { from: function(wire) { return wire >>> 0 }, to: embindNumber.to };
  },
  _embind_register_float__deps: ['$embindTypes', '$embindNumber'],
  _embind_register_float: function(type) {
    embindTypes[type] = embindNumber;
  },
  _embind_register_std_string__deps: ['$embindTypes', '$embindFull', 'malloc', 'free'],
  _embind_register_std_string: function(type) {
    // Its length, and its bytes behind that.
    embindTypes[type] = {
      from: function(wire) {
        if (!wire) throw new WebAssembly.RuntimeError('out of memory'); // and the text was written where something else is
        var text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(HEAPU8.subarray((wire + 4) >>> 0, (wire + 4 + HEAPU32[wire >>> 2]) >>> 0));
        _free(wire);
        return text;
      },
      to: function(value, made) {
        var bytes = new TextEncoder().encode(value);
        var wire = _malloc(4 + bytes.length) >>> 0;
        if (!wire) throw embindFull;
        HEAPU32[wire >>> 2] = bytes.length;
        HEAPU8.set(bytes, wire + 4);
        made.push(wire);
        return wire;
      },
    };
  },
  _embind_register_function__deps: ['$embindTypes', '$embindName', '$embindFull'],
  _embind_register_function: function(name, count, types, signature, invoker, binding) {
    var of = Array.from(HEAPU32.subarray(types >>> 2, (types >>> 2) + count));
    var invoke = wasmTable.get(invoker);
    Module[embindName(name)] = function() {
      var made = [], wires = [binding];
      try {
        for (var i = 1; i < count; ++i) wires.push(embindTypes[of[i] | 0].to(arguments[i - 1], made));
        var result = embindTypes[of[0] | 0].from(invoke.apply(null, wires));
      } catch (cause) {
        if (cause === embindFull) made.forEach(_free); // the core was not called, and has not failed
        throw Module.trapped ? Module.trapped(cause) : cause;
      }
      made.forEach(_free);
      return result;
    };
  },
  _embind_register_bigint__deps: [],
  _embind_register_bigint: function() {},
  _embind_register_std_wstring__deps: [],
  _embind_register_std_wstring: function() {},
  _embind_register_memory_view__deps: [],
  _embind_register_memory_view: function() {},
  _embind_register_emval__deps: [],
  _embind_register_emval: function() {},
});

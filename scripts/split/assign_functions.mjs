// Which function is of which part, and who calls whom.

/** name of a function -> names of its parts, for all that are not of the core: of what several parts use and the core does not, each has a copy. */
export function assignFunctions(functions, entries, parts, classes = new Map()) {
  const byName = new Map(functions.map((each) => [each.name, each]));
  // Functions that came out the same have become one, with the name of any of them: what has the name of a part's class and is in the
  // table of a class of the core is the core's.
  const partNamed = (name) => parts.find(({ functions: patterns }) => patterns.some((pattern) => pattern.test(name) && (!pattern.ofClass || (classes.get(name) ?? []).every((of) => patterns.some((each) => each.test(`_Z${of}`))))))?.name;
  const own = new Map(functions.map(({ name }) => [name, partNamed(name)]));
  // What is reached from `roots` without going into what was assigned.
  const reach = (roots) => {
    const reached = new Set();
    const pending = roots.filter((name) => byName.has(name));
    while (pending.length > 0) {
      const name = pending.pop();
      if (reached.has(name)) continue;
      reached.add(name);
      for (const callee of byName.get(name).calls) if (byName.has(callee) && own.get(callee) === undefined) pending.push(callee);
    }
    return reached;
  };
  const core = reach([...entries].filter((name) => own.get(name) === undefined));
  const users = new Map();
  for (const part of parts) {
    for (const name of reach([...own].filter(([, of]) => of === part.name).map(([name]) => name))) {
      if (!core.has(name)) users.set(name, [...(users.get(name) ?? []), part.name]);
    }
  }
  return users;
}

/** Who calls whom without having said so (`{part, by}`: only functions of such names may): a page would be held up, where it calls, by a request that blocks. */
export function undeclaredCalls(functions, partOf, parts, coreCalls) {
  const allowed = new Map([['core', coreCalls], ...parts.map(({ name, calls = [] }) => [name, calls])]);
  return functions.flatMap(({ name, calls }) => {
    const from = partOf.get(name) ?? 'core';
    const isAllowed = (part) => allowed.get(from).some((each) => each === part || (each.part === part && each.by.test(name)));
    return [...calls].filter((callee) => partOf.has(callee) && partOf.get(callee) !== from && !isAllowed(partOf.get(callee))).map((callee) => `${from}: ${name} calls ${callee} of ${partOf.get(callee)}`);
  });
}

// The first script of every page: keeps what the console would complain of, for drivers that cannot see the console.
globalThis.complaints = [];
{
  const keep = (text) => globalThis.complaints.push(text);
  addEventListener('securitypolicyviolation', (event) => keep(`Content Security Policy, ${event.violatedDirective}: ${event.blockedURI}`));
  addEventListener('error', (event) => keep(event.message ?? `failed to load ${event.target.src ?? event.target.href}`), true);
  addEventListener('unhandledrejection', (event) => keep(String(event.reason)));
  for (const level of ['error', 'warn']) {
    const own = console[level];
    console[level] = (...parts) => {
      keep(parts.join(' '));
      own.apply(console, parts);
    };
  }
}

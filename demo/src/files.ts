/** Files that the page and each layer of the library ask for: each is downloaded once. */

/** A `fetch` that keeps whole files and answers with copies of them. */
export function fetchOnce(): typeof fetch {
  const files = new Map<string, Promise<Response>>();
  const download = async (url: string): Promise<Response> => {
    const response = await fetch(url);
    // All of it before anybody gets it: of a connection that is cut nothing is kept, so that another try is one.
    const file = response.ok ? new Response(await response.arrayBuffer(), response) : response;
    if (!response.ok) files.delete(url);
    return file;
  };
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (new Headers(init?.headers).has('range')) return fetch(input, init);
    let file = files.get(url);
    if (file === undefined) {
      file = download(url); // without the signal of who asks first: the others still want it
      files.set(url, file);
      file.catch(() => files.delete(url));
    }
    return (await file).clone();
  };
}

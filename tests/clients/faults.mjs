// What goes wrong between the page and the service, as the page sees it.
export const graphql = "**/graphql";
export const reading = "messages(last";

/** Answers as the service does while it cannot do anything. */
export const refuse = (route, code = "STORAGE_UNAVAILABLE") => route.fulfill({
  status: 503,
  contentType: "application/json",
  body: JSON.stringify({ errors: [{ message: "Not now.", extensions: { code, retryAfter: 1 } }] }),
});

/** Keeps the requests that hold a text back, the first of them or all. `came`: there is one. `release(then)`: they go on, or to something else. */
export async function hold(page, text, most = Infinity) {
  const [gate, came] = [resolvers(), resolvers()];
  let isOver = false;
  await page.route(graphql, async (route) => {
    if (isOver || most === 0 || !route.request().postData().includes(text)) return route.fallback();
    most--;
    came.resolve();
    await (await gate.promise)(route);
  });
  const release = (then = (route) => route.continue()) => {
    isOver = true;
    gate.resolve(then);
  };
  return { came: came.promise, release };
}

/** Keeps the first answer to a request with this text back, which is old when it is released. `came`: it is there. */
export async function delay(page, text) {
  const [gate, came] = [resolvers(), resolvers()];
  let isOver = false;
  await page.route(graphql, async (route) => {
    if (isOver || !route.request().postData().includes(text)) return route.fallback();
    isOver = true;
    const response = await route.fetch();
    came.resolve();
    await gate.promise;
    await route.fulfill({ response });
  });
  return { came: came.promise, release: gate.resolve };
}

/** The service does what is asked with this text in it, but the page hears that nobody knows. Returns what ends that. */
export async function lose(page, text) {
  const handler = async (route) => {
    if (!route.request().postData().includes(text)) return route.fallback();
    await route.fetch();
    await refuse(route);
  };
  await page.route(graphql, handler);
  return () => page.unroute(graphql, handler);
}

function resolvers() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

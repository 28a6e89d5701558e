import { Api } from "./api.js";
import { forget, read, write } from "./storage.js";

/*
 * The token lies in localStorage, so that a second tab and a restarted browser are signed in. No cookie could hold it: the API
 * reads none, which is why no other site can use it. What could read it is a script of this origin, and the page's policy lets
 * none in but its own; no text of a model or a person ever becomes markup. Signing out ends the session at the service.
 */
const key = "chat.token";

export const storedToken = () => read(key);

/** Forgets a token whose session is over; another one that has taken its place stays. */
export function forgetToken(token) {
  if (storedToken() === token) forget(key);
}

/** Calls back when another tab signs out or in. */
export function onTokenChanged(changed) {
  addEventListener("storage", (event) => {
    if (event.key === key || event.key === null) changed();
  });
}

export const signIn = (username, password) =>
  enter("mutation($input: SignInInput!) { signIn(input: $input) { session { token } errors { code message field } } }", username, password);

export const register = (username, password) =>
  enter("mutation($input: CreateUserInput!) { createUser(input: $input) { session { token } errors { code message field } } }", username, password);

export const signOut = (api) => api.mutate("mutation { signOut { errors { code message } } }");

async function enter(mutation, username, password) {
  const { session } = await new Api(null).mutate(mutation, { username, password });
  write(key, session.token);
}

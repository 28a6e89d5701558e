import { submits } from "./dialogs.js";
import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { register, signIn } from "./session.js";

/** The page of those who are not signed in. */
export class Welcome {
  #isNew = false;

  /** `onEntered()`: there is a session now. */
  constructor(onEntered) {
    byId("other-entry").onclick = () => this.#ask(!this.#isNew);
    submits(byId("entry"), async () => {
      await (this.#isNew ? register : signIn)(byId("username").value.trim(), byId("password").value);
      byId("entry").reset();
      onEntered();
    });
  }

  show(message = "") {
    byId("welcome").hidden = false;
    this.#ask(false);
    this.#tell(message);
    byId("username").focus();
  }

  hide() {
    byId("welcome").hidden = true;
  }

  #ask(isNew) {
    this.#isNew = isNew;
    byId("enter").textContent = t(isNew ? "register" : "signIn");
    byId("other-entry").textContent = t(isNew ? "toSignIn" : "toRegister");
    byId("password").autocomplete = isNew ? "new-password" : "current-password";
    for (const name of ["username", "password"]) tellRule(name, isNew);
    this.#tell("");
  }

  #tell(text) {
    byId("entry-error").textContent = text;
  }
}

/** What is allowed matters to those who choose it. */
function tellRule(name, isNew) {
  byId(`${name}-rule`).hidden = !isNew;
  if (isNew) byId(name).setAttribute("aria-describedby", `${name}-rule`);
  else byId(name).removeAttribute("aria-describedby");
}

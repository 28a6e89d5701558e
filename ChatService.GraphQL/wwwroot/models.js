import { byId, element } from "./dom.js";

/** Which model answers. Nothing is shown where there is no choice. */
export class ModelChoice {
  #select = byId("model");
  #default = null;

  /** `onChosen(name)`: somebody wants another one. */
  constructor(onChosen) {
    this.#select.onchange = () => onChosen(this.#select.value);
  }

  offer(models) {
    this.#default = models.find((model) => model.isDefault).name;
    this.#select.replaceChildren(...models.map(({ name }) => element("option", { value: name }, name)));
    this.#select.hidden = models.length < 2;
    this.show(null);
  }

  /** The one that answers in a conversation, or in one that is not begun yet. */
  show(conversation) {
    this.#select.value = conversation?.model ?? this.#default;
  }

  /** For a new conversation; nothing where it is the service's own choice. */
  get chosen() {
    return this.#select.value && this.#select.value !== this.#default ? { model: this.#select.value } : {};
  }
}

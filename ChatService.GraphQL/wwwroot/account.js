import { byId } from "./dom.js";
import { t } from "./i18n.js";

const change = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { errors { code message field } } }";
const erase = "mutation($input: DeleteUserInput!) { deleteUser(input: $input) { errors { code message } } }";

/** The dialog in which one changes the password, or leaves for good: then `onErased()` is called. */
export function openAccount(api, username, onErased) {
  const dialog = byId("account-dialog");
  byId("account-heading").textContent = username;
  byId("account-user").value = username;
  byId("password-done").textContent = "";
  for (const form of dialog.querySelectorAll("form")) form.reset();
  for (const error of dialog.querySelectorAll(".error")) error.textContent = "";
  byId("erasing").open = false;

  submits("password-form", "password-error", async () => {
    byId("password-done").textContent = "";
    await api.mutate(change, { currentPassword: byId("current-password").value, newPassword: byId("new-password").value });
    byId("password-form").reset();
    byId("password-done").textContent = t("passwordChanged");
  });
  submits("erasing-form", "erasing-error", async () => {
    await onErased(() => api.mutate(erase, { password: byId("erasing-password").value }));
    dialog.close();
  });
  dialog.showModal();
}

/** Does something when a form is sent, once at a time; what is refused is told beside it. */
function submits(form, place, action) {
  byId(form).onsubmit = async (event) => {
    event.preventDefault();
    const send = event.submitter;
    send.disabled = true;
    byId(place).textContent = "";
    try {
      await action();
    } catch (error) {
      byId(place).textContent = error.code === "INVALID_CREDENTIALS" ? t("wrongPassword") : error.message;
    } finally {
      send.disabled = false;
    }
  };
}

import { submits } from "./dialogs.js";
import { byId } from "./dom.js";
import { t } from "./i18n.js";

const change = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { errors { code message field } } }";
const erase = "mutation($input: DeleteUserInput!) { deleteUser(input: $input) { errors { code message } } }";

/** The dialog in which one changes the password, or leaves for good: then `onErased()` is called. */
export function openAccount(api, username, onErased) {
  const dialog = byId("account-dialog");
  byId("account-heading").textContent = username;
  byId("password-done").textContent = "";
  // Whose password it is matters to what keeps it.
  const clear = () => {
    for (const form of dialog.querySelectorAll("form")) form.reset();
    byId("account-user").value = username;
  };
  clear();
  byId("erasing").open = false;

  submits(byId("password-form"), async () => {
    byId("password-done").textContent = "";
    await api.mutate(change, { currentPassword: byId("current-password").value, newPassword: byId("new-password").value });
    clear();
    byId("password-done").textContent = t("passwordChanged");
  }, passwordRefusal);
  submits(byId("erasing-form"), async () => {
    await onErased(() => api.mutate(erase, { password: byId("erasing-password").value }));
    dialog.close();
  }, passwordRefusal);
  dialog.showModal();
}

const passwordRefusal = (error) => (error.code === "INVALID_CREDENTIALS" ? t("wrongPassword") : error.message);

import { Chat } from "./chat.js";
import { translate } from "./i18n.js";
import { forgetToken, onTokenChanged, storedToken } from "./session.js";
import { startTheme } from "./theme.js";
import { Welcome } from "./welcome.js";

let chat = null;

translate(document);
startTheme();
const welcome = new Welcome(() => show());
onTokenChanged(() => show());
show();

/** Shows the chat to those who have a session, and the way in to others. */
function show(message) {
  chat?.close();
  chat = null;
  const token = storedToken();
  if (!token) return welcome.show(message);
  welcome.hide();
  chat = new Chat(token, (reason) => {
    forgetToken(token);
    show(reason);
  });
}

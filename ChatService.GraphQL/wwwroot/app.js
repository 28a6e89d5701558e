import { Chat } from "./chat.js";
import { translate } from "./i18n.js";
import { forgetToken, onTokenChanged, storedToken } from "./session.js";
import { startTheme } from "./theme.js";
import { Welcome } from "./welcome.js";

let chat = null;
let token = null;

translate(document);
startTheme();
const welcome = new Welcome(() => show());
onTokenChanged(() => {
  if (storedToken() === token) return;
  if (chat) chat.ended();
  else show();
});
show();

/** Shows the chat to those who have a session, and the way in to others. */
function show(message) {
  chat?.close();
  chat = null;
  const own = (token = storedToken());
  if (!own) return welcome.show(message);
  welcome.hide();
  chat = new Chat(own, (reason) => {
    forgetToken(own);
    show(reason);
  });
}

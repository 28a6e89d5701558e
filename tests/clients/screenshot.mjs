// Takes docs/chat.png of a running service whose model is this script:
//   Completions__Models__0__ModelId=scripted Completions__Models__0__Endpoint=http://127.0.0.1:45190/v1 dotnet run --project ChatService.GraphQL
//   node screenshot.mjs http://localhost:3001/ ../../docs
import { createServer } from "node:http";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { browse } from "./browser.mjs";
import { Visitor } from "./visitor.mjs";

const [address, folder] = process.argv.slice(2);
const answers = {
  "Which": "Of the two that you compared, the **RL-120**, at 38 dB. You wanted it on the north wall, away from the bedroom.\n\n| pump | noise | price |\n|---|---:|---:|\n| RL-120 | 38 dB | 7 900 € |\n| Norda 9 | 44 dB | 6 400 € |",
  "What": "The flue needs 40 cm to anything that burns; you noted that the beam above the stove has 52.",
  "Je": "Avec plaisir : ravioles, salade de noix, et la tarte aux prunes de l'an dernier.",
  "Heat": "Noted: 6 dB between them, for 1 500 €.",
};

const model = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const asked = JSON.parse(body).messages.at(-1).content;
  const answer = answers[Object.keys(answers).find((begin) => asked.startsWith(begin))];
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const chunk = (delta, reason) => response.write(`data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "scripted", choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`);
  chunk({ role: "assistant", content: answer }, null);
  chunk({}, "stop");
  response.end("data: [DONE]\n\n");
});
await new Promise((listening) => model.listen(45190, "127.0.0.1", listening));

await browse(async (browser) => {
  const ada = await Visitor.arrive(browser, { address, folder, size: "desktop", locale: "en-GB" });
  ada.name = `ada-${Date.now() % 1e4}`;
  await ada.open();
  await ada.register();
  const talks = ["What distance does the stove's flue need?", "Je voudrais un menu pour dimanche", "Heat pumps: RL-120 38 dB, 7 900 €, the quietest; Norda 9 44 dB, 6 400 €. On the north wall, away from the bedroom"];
  for (const talk of talks) {
    await ada.begin();
    await ada.ask(talk);
    await ada.answered();
  }
  await ada.rename("Heat pumps");
  await ada.begin();
  await ada.page.getByRole("button", { name: "Answer from my history" }).click();
  await ada.ask("Which heat pump was the quietest?");
  await ada.answered();
  await ada.page.locator(".sources a").first().waitFor();
  await ada.page.mouse.move(600, 20);
  await ada.shot("chat");
  await rename(join(folder, "desktop-chat.png"), join(folder, "chat.png"));
});
model.close();

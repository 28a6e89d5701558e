import { t } from "./i18n.js";

const length = 60;

/** First questions of conversations that this page has begun: what they are called until the service has named them. */
const questions = new Map();

export const titleOf = ({ id, title }) => title || questions.get(id) || t("untitled");

export function callByQuestion(id, question) {
  const characters = [...question.trim().split("\n", 1)[0]];
  questions.set(id, characters.length > length ? `${characters.slice(0, length).join("").trimEnd()}…` : characters.join(""));
}

/** The title that a conversation lacks, where its first answer has not led to one; null if it has one, or none is known. */
export const missingTitle = ({ id, title }) => (title === "" && questions.get(id)) || null;

/** Another person may come next. */
export const forgetQuestions = () => questions.clear();

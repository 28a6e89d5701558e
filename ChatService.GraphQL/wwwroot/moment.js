import { element } from "./dom.js";
import { when, whenExactly } from "./i18n.js";

/** A time as short as it can be said, and in full for whoever points at it. */
export const moment = (iso) => element("time", { dateTime: iso, title: whenExactly(iso) }, when(iso));

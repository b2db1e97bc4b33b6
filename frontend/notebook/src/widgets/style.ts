import { sharedStyle } from "../render/shared-style";
import text from "./library.css?text";

/** Gives the page the library's style sheet. */
export const addStyle = sharedStyle(text);

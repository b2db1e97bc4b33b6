/** A style sheet as text, see style-text.mjs. */
declare module "*.css?text" {
  const text: string;
  export default text;
}

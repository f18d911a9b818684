/** What is wrong with a template, or with running it. */
export class TemplateError extends Error {}

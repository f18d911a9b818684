const whole = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What Go's decoder says of `text` if it is not standard base64 with padding; line breaks are allowed. */
export function base64Error(text: string): string | undefined {
  if (whole.test(text) || whole.test(text.replaceAll(/[\r\n]/g, ''))) return undefined;
  const wrong = /[^A-Za-z0-9+/\r\n]/.exec(text)?.index ?? -1;
  const at = wrong >= 0 ? wrong : text.length - (text.replaceAll(/[\r\n]/g, '').length % 4);
  return `illegal base64 data at input byte ${at}`;
}

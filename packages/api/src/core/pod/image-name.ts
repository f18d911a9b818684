/** True for an image without tag or digest, or with the tag `latest`: it is pulled anew for each container. */
export function isLatest(image: string): boolean {
  const [name = '', digest] = image.split('@');
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  return tag === 'latest' || (tag === undefined && digest === undefined);
}

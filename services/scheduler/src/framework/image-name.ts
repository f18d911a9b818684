/** The name under which an image is looked up on nodes: `latest` is added where neither tag nor digest is given. */
export function normalizeImageName(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name;
}

import { isUtf8 } from 'node:buffer';
import { generatorVerb } from './generator.ts';
import { keyValueFlags, keyValues } from './key-values.ts';

export const createConfigMapVerb = generatorVerb({
  name: 'configmap',
  aliases: ['cm'],
  summary: 'Create a config map from a local file, directory or literal value',
  examples: `# From the files of a directory
kubectl create configmap my-config --from-file=path/to/dir

# From values given here
kubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2`,
  usage: '[--from-file=[key=]source] [--from-literal=key1=value1] ',
  flags: keyValueFlags,
  failing: 'failed to create configmap: ',
  object({ name, flags }) {
    const entries = [...keyValues(flags, ` in Data for ConfigMap ${JSON.stringify(name)}`)];
    const text = entries.filter(([, value]) => isUtf8(value));
    const binary = entries.filter(([, value]) => !isUtf8(value));
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      ...(text.length > 0 && { data: Object.fromEntries(text.map(([key, value]) => [key, value.toString()])) }),
      ...(binary.length > 0 && { binaryData: Object.fromEntries(binary.map(([key, value]) => [key, value.toString('base64')])) }),
    };
  },
});

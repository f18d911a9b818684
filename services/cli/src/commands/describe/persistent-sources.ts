/** Where a PersistentVolume's data is. Most sources read as those of a pod's volumes do. */
import type { PersistentVolumeSpec, SecretReference, Volume } from '@t8s/api';
import { shorten, sorted } from './description.ts';
import { goMap, goReference } from './go-values.ts';
import { type SourceName, type SourceText, volumeSources } from './volume-sources.ts';

/** Longest line of an attribute, in characters. */
const attributeWidth = 140;

const secret = (reference: SecretReference | undefined): string => goReference('SecretReference', reference && withBoth(reference));
const withBoth = ({ name = '', namespace = '' }: SecretReference): object => ({ name, namespace });

/** Undefined where it is none that kubectl has words for. */
export function persistentSource(spec: PersistentVolumeSpec): SourceText | undefined {
  if (spec.csi) return csiSource(spec.csi);
  if (spec.local)
    return { type: 'LocalVolume (a persistent volume backed by local storage on a node)', lines: [['Path:', spec.local.path]] };
  if (spec.flexVolume) {
    const { driver, fsType = '', secretRef, readOnly = false, options } = spec.flexVolume;
    return {
      type: 'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
      lines: [
        ['Driver:', driver],
        ['FSType:', fsType],
        ['SecretRef:', secret(secretRef)],
        ['ReadOnly:', String(readOnly)],
        ['Options:', goMap(options)],
      ],
    };
  }
  if (spec.azureFile) {
    const { secretName, secretNamespace = '', shareName, readOnly = false } = spec.azureFile;
    return {
      type: 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
      lines: [
        ['SecretName:', secretName],
        ['SecretNamespace:', secretNamespace],
        ['ShareName:', shareName],
        ['ReadOnly:', String(readOnly)],
      ],
    };
  }
  const name = (Object.keys(volumeSources) as SourceName[]).find((one) => one in spec);
  if (name === undefined) return undefined;
  const make = volumeSources[name] as (of: unknown) => SourceText;
  const { type, lines } = make((spec as unknown as Volume)[name]);
  // A volume of no namespace says in which one its secret is.
  return { type, lines: lines.map((cells) => cells.map((cell) => cell.replace(/^&LocalObjectReference/, '&SecretReference'))) };
}

function csiSource({
  driver,
  fsType = '',
  volumeHandle,
  readOnly = false,
  volumeAttributes,
}: NonNullable<PersistentVolumeSpec['csi']>): SourceText {
  const attributes = sorted(volumeAttributes).map(([key, value]) => shorten(`${key}=${value}`, attributeWidth));
  const [first = '<none>', ...rest] = attributes;
  // kubectl indents the values too.
  const indented = (value: string): string => (attributes.length === 0 ? value : `    ${value}`);
  return {
    type: 'CSI (a Container Storage Interface (CSI) volume source)',
    lines: [
      ['Driver:', driver],
      ['FSType:', fsType],
      ['VolumeHandle:', volumeHandle],
      ['ReadOnly:', String(readOnly)],
      ['VolumeAttributes:', indented(first)],
      ...rest.map((value) => ['', indented(value)]),
    ],
  };
}

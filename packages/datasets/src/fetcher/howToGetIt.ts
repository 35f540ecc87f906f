import type { DatasetDeclaration } from '../declarations/declaration.ts';

/** What a person can do to have a data set where it can't be downloaded. */
export function howToGetIt(declaration: DatasetDeclaration, folder: string): string {
  const names = declaration.files.map(({ archive }) => archive.name).join(', ');
  const byHand = `put ${names} into ${folder} or into a folder named by --data-dir or FLAMBEAU_DATA`;
  const { debianPackage } = declaration;
  return debianPackage === undefined
    ? byHand
    : `${byHand}, or on Debian and Ubuntu run "apt-get install ${debianPackage}"`;
}

import { Command } from 'commander';
import { type OutputOptions, shared } from '../commandLine/options.ts';

export function summaryCommand(): Command {
  return new Command('summary')
    .description("a model's layers, with every output size and parameter count worked out")
    .argument('<model>', 'a recipe (notes, notes-bn, notes-dropout, best) or a model (NotesCnn, …)')
    .addOption(shared.json())
    .addOption(shared.verbose())
    .action(async (name: string, options: OutputOptions) => {
      const [{ createBackend, setDefaultBackend, summary }, { imageModels, recipes }, { createOutput }] =
        await Promise.all([import('@flambeau/core'), import('@flambeau/vision'), import('../console/output.ts')]);
      const entry = imageModels.get(name) ?? (Object.hasOwn(recipes, name) ? recipes[name]!.model : undefined);
      if (!entry) {
        const known = [...Object.keys(recipes), ...imageModels.keys()].join(', ');
        throw new RangeError(`there is no model '${name}', expected one of ${known}`);
      }
      // One image on the plainest backend: nothing here needs a fast one.
      setDefaultBackend(await createBackend('cpu'));
      const table = summary(entry.create(), [1, ...entry.inputShape]);
      const output = createOutput(options);
      const { model, inputShape, layers, totalParameters, trainableParameters } = table;
      output.event({ event: 'summary', model, inputShape, layers, totalParameters, trainableParameters });
      output.result(table.toString());
    });
}

/** The code that made what is on the page, with the session in it, to be copied. */
import { element } from './dom.js';
import type { Session } from './state.js';

const MARKS = /(\/\/.*|#.*)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|\b(import|from|const|await|new|for|in|as)\b/g;

/** `code` with comments, strings and keywords in elements of their own. */
function coloured(code: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const match of code.matchAll(MARKS)) {
    parts.push(code.slice(at, match.index), element('span', { class: match[1] ? 'comment' : match[2] ? 'string' : 'keyword' }, match[0]));
    at = match.index + match[0].length;
  }
  parts.push(code.slice(at));
  return parts;
}

function list(titles: readonly string[], indent: string): string {
  const quoted = titles.map((title) => (title.includes("'") && !title.includes('"') ? `"${title}"` : `'${title.replace(/[\\']/g, '\\$&')}'`));
  const line = `[${quoted.join(', ')}]`;
  return line.length <= 64 ? line : `[\n${quoted.map((title) => `${indent}  ${title},\n`).join('')}${indent}]`;
}

export function javascript({ watched, impressions }: Session): string {
  return `import {
  categoricalColumnWithVocabularyFile, createRuntime, sharedEmbeddings,
} from 'feature-columns';

const ids = ['watched_video_id', 'impression_video_id'].map((key) =>
  categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'videos.txt' }));
const featureColumns = sharedEmbeddings(ids, {
  dimension: 16,
  ckptToLoadFrom: 'model.ckpt',
  tensorNameInCkpt: 'impression_video_id_watched_video_id_shared_embedding',
});

const baseUrl = new URL('model/', document.baseURI);
const runtime = await createRuntime({ baseUrl });
const features = await runtime.denseFeatures(featureColumns);
const classifier = await runtime.dnnClassifier({
  featureColumns, ckptToLoadFrom: 'model.ckpt',
});

const watched = ${list(watched, '')};
const impressions = ${list(impressions, '')};
const batch = {
  watched_video_id: impressions.map(() => watched), // ragged: any number a row
  impression_video_id: impressions,
};

const { data, shape } = features.transform(batch);    // Float32Array, [${impressions.length}, 32]
const { probabilities } = classifier.predict(batch);  // Float32Array, [${impressions.length}, 2]`;
}

export const PYTHON = `import tensorflow as tf
from tensorflow import feature_column as fc

keys = ['watched_video_id', 'impression_video_id']
ids = [fc.categorical_column_with_vocabulary_file(
           key, vocabulary_file='videos.txt')
       for key in keys]
feature_columns = fc.shared_embeddings(
    ids, dimension=16)

# The estimator whose checkpoints the code beside
# it reads, by TensorFlow's own variable names.
classifier = tf.estimator.DNNClassifier(
    feature_columns=feature_columns,
    hidden_units=[32, 16])`;

/** Shows `code` in `target`. */
export function showCode(target: HTMLElement, code: string): void {
  if (target.textContent !== code) target.replaceChildren(...coloured(code));
}

/** A button that copies what `code` gives at the time, and says so. */
export function copyButton(button: HTMLButtonElement, code: () => string): void {
  const label = button.textContent;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(code());
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Select the code and copy it'; // no permission, or a page without https
    }
    window.setTimeout(() => (button.textContent = label), 1600);
  });
}

/** A button that sends the page's address on: by the device's own menu where it is held in the hand, else by the clipboard. */
export function shareButton(button: HTMLButtonElement): void {
  const inHand = typeof navigator.share === 'function' && matchMedia('(pointer: coarse)').matches;
  if (!inHand) return copyButton(button, () => location.href);
  button.textContent = 'Share';
  button.addEventListener('click', () => {
    navigator.share({ title: document.title, url: location.href }).catch(() => {}); // the menu was closed again
  });
}

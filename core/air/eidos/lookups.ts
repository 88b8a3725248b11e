import { inv } from '../../field/felt.ts';
import { EIDOS, EIDOS_FOOTER_ROWS, EIDOS_RANGE, EIDOS_SLOT_WIDTH } from '../../vm/trace/eidos-layout.ts';
import { POSITION_SHIFT, ROT7_RELATIONS, ROT12_RELATIONS } from '../and8/relations.ts';
import type { Expr, ExprGraph } from '../expr.ts';
import { Bus, encode, encodeFields, lookupColumn, type NamedLookup } from '../lookup.ts';
import { type Row, xorFromAnd } from '../row.ts';
import type { Constraint } from '../types.ts';
import { carriedColumn } from './footers.ts';
import type { Selectors } from './periodic.ts';
import { cvWord, footerWords, missingByte, packPair, QUADRUPLES } from './words.ts';

/** Byte slots 0 to 15 hold ANDs, 16 to 31 contributions to a rotated word. */
const AND_SLOTS = 16;
const BYTE_SLOTS = 32;
const LAST_FOOTER = EIDOS_FOOTER_ROWS - 1;
/** Auxiliary columns whose fractions may vanish on a row; see {@link inactiveConstraints}. */
const INPUT_COLUMN = 18;
const OUTPUT_COLUMN = 19;

/** The slots that footers use for something else than they are for in the rounds. */
const TOP_BIT_SLOT = EIDOS.topBit / EIDOS_SLOT_WIDTH;
const RANGE_SLOTS = new Set(EIDOS_RANGE.map((column) => column / EIDOS_SLOT_WIDTH));

interface Interaction {
  readonly multiplicity: Expr;
  readonly message: Expr;
}

/**
 * The twenty lookup columns of the Eidos trace, two interactions each: 32 byte slots, 4 message words, the chaining
 * value and the compression itself, and the key stream of AEAD compressions.
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/eidos_compression/{lookup,narrow}.rs.
 */
export function eidosLookups(graph: ExprGraph, s: Selectors, row: Row, next: Row): NamedLookup[] {
  const interactions = [
    ...Array.from({ length: BYTE_SLOTS }, (_, slot) => byteSlot(graph, s, row, next, slot)),
    ...QUADRUPLES.map((g) => messageWord(graph, s, row, g)),
    ...compression(graph, s, row),
    ...keyStream(graph, s, row),
  ];
  const names = [
    ...Array.from({ length: BYTE_SLOTS / 2 }, (_, i) => `bytes${2 * i}`),
    'message0',
    'message2',
    'compression',
    'key-stream',
  ];
  return names.map((name, i) =>
    lookupColumn(graph, name, (column) =>
      column.group((group) =>
        group.batch(graph.lift(1), (batch) => {
          for (const { multiplicity, message } of interactions.slice(2 * i, 2 * i + 2)) {
            batch.insert(multiplicity, message);
          }
        }),
      ),
    ),
  );
}

/**
 * One byte slot. Which bus it talks to depends on the row, hence a prefix chosen by periodic columns; where the slot
 * is idle the range bus stands in, so that the denominator never vanishes identically.
 */
function byteSlot(graph: ExprGraph, s: Selectors, row: Row, next: Row, slot: number): Interaction {
  const inRound = s.rotate16.add(s.rotate8);
  const position = slot % 4;
  const footerBus =
    slot < AND_SLOTS || slot === TOP_BIT_SLOT ? Bus.And8 : RANGE_SLOTS.has(slot) ? Bus.RangeCheck : undefined;
  const active = footerBus === undefined ? inRound : inRound.add(s.footer);

  let prefix =
    slot < AND_SLOTS
      ? graph.busPrefix(Bus.And8).mul(inRound)
      : graph
          .busPrefix(ROT12_RELATIONS[position].bus)
          .mul(s.rotate16)
          .add(graph.busPrefix(ROT7_RELATIONS[position].bus).mul(s.rotate8));
  if (footerBus !== undefined) prefix = prefix.add(graph.busPrefix(footerBus).mul(s.footer));
  prefix = prefix.add(graph.busPrefix(Bus.RangeCheck).mul(active.not()));

  const column = slot * EIDOS_SLOT_WIDTH;
  const [a, b] = row.range(column, 2);
  const stored = slot === BYTE_SLOTS - 1 ? missingByte(row, next) : row.at(column + 2);
  // Contributions are divided by their position's scale; dividing the power of beta costs nothing per row.
  const third =
    slot < AND_SLOTS
      ? encodeFields(graph, [xorFromAnd(a, b, stored)], 2)
      : graph
          .betaPower(2)
          .mul(inv(1n << BigInt(POSITION_SHIFT[position])))
          .mul(stored);
  return { multiplicity: active.neg(), message: prefix.add(encodeFields(graph, [a, b]).add(third)) };
}

/** 0 on the first footer and in the rounds, else 1, 2, 3. */
const footerIndex = (s: Selectors): Expr => s.footers[1].add(s.footers[2].mul(2)).add(s.footers[3].mul(3));

/** Message word of quadruple `g`: each is used once in every round, and provided seven times by a footer. */
function messageWord(graph: ExprGraph, s: Selectors, row: Row, g: number): Interaction {
  const inRound = s.rotate16.add(s.rotate8);
  const active = inRound.add(s.footer);
  const prefix = graph
    .busPrefix(Bus.MessageWord)
    .mul(active)
    .add(graph.busPrefix(Bus.RangeCheck).mul(active.not()));
  const index = s.messageIndex[g].add(s.footer.mul(g)).add(footerIndex(s).mul(4));
  const fields = [index, row.at(EIDOS.message + g), row.at(EIDOS.cycleId)];
  return { multiplicity: inRound.sub(s.footer.mul(7)), message: prefix.add(encodeFields(graph, fields)) };
}

/** On the last footer: the chaining value of the first row, and the compression as the other tables know it. */
function compression(graph: ExprGraph, s: Selectors, row: Row): Interaction[] {
  const last = s.footers[LAST_FOOTER];
  const mode = row.at(EIDOS.mode);
  const cv = Array.from({ length: 8 }, (_, lane) => cvWord(row, lane));
  const message = row.range(EIDOS.message, 4);
  const block = [
    ...Array.from({ length: 6 }, (_, i) => row.at(carriedColumn(LAST_FOOTER, i))),
    packPair(message[0], message[1]),
    packPair(message[2], message[3]),
  ];
  const cvIn = QUADRUPLES.map((i) => packPair(cv[2 * i], cv[2 * i + 1]));
  const link = graph.busPrefix(Bus.CompressionLink);
  const prefix = link.add(graph.busPrefix(Bus.AeadInput).sub(link).mul(mode));
  return [
    {
      multiplicity: last.sub(s.firstRow),
      message: encode(graph, Bus.EidosInputCv, [row.at(EIDOS.cycleId), ...cv]),
    },
    {
      multiplicity: last.mul(row.at(EIDOS.multiplicity).add(mode)).neg(),
      message: prefix.add(encodeFields(graph, [...block, ...cvIn, ...row.range(EIDOS.output, 4)])),
    },
  ];
}

/** In AEAD mode each footer gives out its two output lanes and their upper counterparts. */
function keyStream(graph: ExprGraph, s: Selectors, row: Row): Interaction[] {
  const { high, output } = footerWords(row);
  const multiplicity = s.footer.mul(row.at(EIDOS.mode)).neg();
  const lane = footerIndex(s).mul(2);
  return [
    { first: lane, words: output },
    { first: lane.add(8), words: high },
  ].map(({ first, words }) => ({
    multiplicity,
    message: encode(graph, Bus.AeadOutputPair, [row.at(EIDOS.clk), first, words[0].xor, words[1].xor]),
  }));
}

/**
 * Where both numerators of a column are zero, a zero denominator would leave its cell free and so the running sum:
 * the last two columns are therefore forced to zero on their idle rows.
 */
export function inactiveConstraints(graph: ExprGraph, s: Selectors, row: Row): Constraint[] {
  const inputIdle = s.firstRow.not().sub(s.footers[LAST_FOOTER]);
  const outputIdle = s.footer.mul(row.at(EIDOS.mode)).not();
  return [
    { name: 'eidos_compression/idle-compression', expr: graph.aux(INPUT_COLUMN).mul(inputIdle) },
    { name: 'eidos_compression/idle-key-stream', expr: graph.aux(OUTPUT_COLUMN).mul(outputIdle) },
  ];
}

import { CHIPLETS } from '../../vm/trace/layout.ts';
import type { ConstraintList } from '../constraint-list.ts';
import type { Expr, ExprGraph } from '../expr.ts';
import type { Row } from '../row.ts';

/** Where one chiplet's section lies. */
export interface SectionFlags {
  readonly active: Expr;
  /** This row and the next are both of the section (and this one is not the last of the trace). */
  readonly transition: Expr;
  readonly last: Expr;
  readonly nextIsFirst: Expr;
}

/** Which chiplet a row belongs to, as products of the selector columns. */
export interface ChipletFlags {
  readonly controller: Expr;
  readonly controllerNext: Expr;
  /** The rows of the bitwise section that are a single AND or XOR. */
  readonly bitwise: Expr;
  /** The rows of the bitwise section that belong to an AEAD stream. */
  readonly aead: Expr;
  /** The next row is the first of the bitwise section. */
  readonly nextIsBitwiseFirst: Expr;
  readonly memory: SectionFlags;
  readonly ace: SectionFlags;
  readonly kernelRom: Expr;
}

/**
 * The flags, without any constraint. Sections other than the controller's may be empty, so "the next row is the first"
 * follows from the boundary itself, never from the previous section's last row, which may not exist. Transition flags
 * need no factor for the controller: once left, it never comes back.
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/chiplets/selectors.rs.
 */
export function chipletFlags(graph: ExprGraph, row: Row, next: Row): ChipletFlags {
  const [sCtrl, s1, s2, s3, s4] = row.range(CHIPLETS.sCtrl, 5);
  const [sCtrlNext, s1Next, s2Next, s3Next] = next.range(CHIPLETS.sCtrl, 4);
  const s0 = sCtrl.not();
  const s01 = s0.mul(s1);
  const s012 = s01.mul(s2);
  const s0123 = s012.mul(s3);
  const region = s0.sub(s01);
  const aead = region.mul(row.at(CHIPLETS.mode));
  const controllerLast = sCtrl.mul(sCtrlNext.not());
  const memory = s01.sub(s012);
  const ace = s012.sub(s0123);
  const transition = graph.isTransition();
  return {
    controller: sCtrl,
    controllerNext: sCtrlNext,
    bitwise: region.sub(aead),
    aead,
    nextIsBitwiseFirst: controllerLast.mul(s1Next.not()),
    memory: {
      active: memory,
      transition: transition.mul(s01).mul(s2Next.not()),
      last: memory.mul(s2Next),
      nextIsFirst: region.add(controllerLast).mul(s1Next).mul(s2Next.not()),
    },
    ace: {
      active: ace,
      transition: transition.mul(s012).mul(s3Next.not()),
      last: ace.mul(s3Next),
      nextIsFirst: sCtrlNext.not().mul(s1Next).mul(s2Next).mul(s3Next.not()).mul(s012.not()),
    },
    kernelRom: s0123.sub(s0123.mul(s4)),
  };
}

/** Selectors are bits, a section once left stays left, and the last row is padding: no chiplet is active there. */
export function selectorConstraints(list: ConstraintList, row: Row, next: Row): void {
  const part = list.part('chiplets/selectors');
  const selectors = row.range(CHIPLETS.sCtrl, 5);
  const [sCtrl, s1] = selectors;
  const mode = row.at(CHIPLETS.mode);
  const s0 = sCtrl.not();

  part.boolean('ctrl-boolean', sCtrl);
  part.onTransition().when(s0).zero('ctrl-stays-off', next.at(CHIPLETS.sCtrl));
  part.when(s0).boolean('mode-boolean', mode);
  part.when(s0.mul(s1)).zero('mode-only-bitwise', mode);
  /** prefix[i]: sections up to the one that selector i closes are left. */
  const prefixes = [s0];
  for (let i = 1; i <= 4; i++) {
    part.when(prefixes[i - 1]).boolean(`s${i}-boolean`, selectors[i]);
    prefixes.push(prefixes[i - 1].mul(selectors[i]));
  }
  for (let i = 1; i <= 4; i++) {
    part
      .onTransition()
      .when(prefixes[i])
      .equal(`s${i}-stays-on`, next.at(CHIPLETS.sCtrl + i), selectors[i]);
  }
  part.onLastRow().zero('last-ctrl', sCtrl);
  for (let i = 1; i <= 4; i++) part.onLastRow().equal(`last-s${i}`, selectors[i], 1);
}

/** Rows are numbered from 1: the addresses of the controller's requests. */
export function clockConstraints(list: ConstraintList, row: Row, next: Row): void {
  const part = list.part('chiplets/clk');
  part.onFirstRow().equal('first', row.at(CHIPLETS.clk), 1);
  part.onTransition().equal('step', next.at(CHIPLETS.clk), row.at(CHIPLETS.clk).add(1));
}

use super::line;
pub fn inside() -> Result<(), String> {
    line::lay()?;
    println!("ok {:?}", line::counted());
    line::narrow("10kbit")?;
    line::widen();
    Ok(())
}

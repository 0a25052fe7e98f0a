fn main() {
    let a: Vec<String> = std::env::args().collect();
    println!("{}", tereze::cli::gallery::draw(a[1].as_ref(), a.get(2).map_or("", |s| s)).unwrap());
}
